import { atQuantile, latencyOf, percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { Latency } from "#src/model/latency.js";
import type { Window } from "#src/model/measurement.js";
import type { RateLimit } from "#src/model/rate-limit.js";
import type { LoadRun } from "#src/model/run.js";
import { withLight } from "#src/report/figures/light.js";
import { failedRequests, missedRequests } from "#src/report/figures/requests.js";
import { furtherLatencies, talliesText } from "#src/report/labels/latency.js";
import { loadCell } from "#src/report/labels/load.js";
import { formatCount, formatRate, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatNsAsMs, formatNsAsUs } from "#src/report/numbers/times.js";
import { clientSentence, loadMethod } from "#src/report/sentences/load.js";
import { stepLatency, stepShare, stepVerdict } from "#src/report/sentences/rate-limit.js";
import { renderAnswer } from "./answer.js";
import { renderFindings } from "./findings.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, renderTable, wrap } from "./table.js";

const QUANTILES = [0.5, 0.95, 0.99, 0.999] as const;
const QUANTILE_COLUMNS = [{ title: "p50" }, { title: "p95" }, { title: "p99" }, { title: "p99.9" }, { title: "max" }];

/** The answer of `az-prof load` for a terminal; the columns of the published baseline, p99.9 and CPU beside them. */
export function renderLoad(run: LoadRun, style: TerminalStyle): string {
	const colors = colorsOf(style);
	const { client, limits } = run;
	const parts = [
		renderAnswer(run, style),
		...(limits.length > 0 ? limits.map(stepTable) : measured(run, style)),
		client === null ? "" : colors.dim(wrap(clientSentence(run, client), style.columns)),
		renderFindings(run.findings, style),
	];
	return parts.filter((part) => part !== "").join("\n\n");
}

function measured(run: LoadRun, style: TerminalStyle): string[] {
	if (run.measurements.length === 0) return [];
	const colors = colorsOf(style);
	return [`${endpointTable(run)}\n${colors.dim(note(run, style))}`, furtherTable(run), tallyLines(run, style)];
}

function endpointTable({ measurements }: LoadRun): string {
	const isOpen = measurements.some(({ load }) => load.kind === "open");
	return renderTable(
		[
			{ title: isOpen ? "load" : "clients" },
			{ title: "endpoint", align: "left" },
			{ title: "requests" },
			{ title: "errors" },
			...(isOpen ? [{ title: "missed" }] : []),
			{ title: "RPS" },
			...QUANTILE_COLUMNS,
			{ title: "CPU µs" },
		],
		withLight(measurements).map((window) => [
			loadCell(window.load),
			printable(endpointCell(window)),
			formatCount(window.counts.ok),
			formatCount(failedRequests(window.counts)),
			...(isOpen ? [formatCount(missedRequests(window) ?? 0)] : []),
			formatRate(window.requestsPerSecond),
			...latencyCells(latencyOf(window)),
			window.cpu === null ? NO_FIGURE : formatNsAsUs(window.cpu.nsPerRequest),
		]),
	);
}

/** What the latency is made of, or other latencies of a stream, a socket or a loop. */
function furtherTable({ measurements }: LoadRun): string {
	const rows = measurements.flatMap((window) =>
		furtherLatencies(window).map(({ label, count, latency }) => [
			printable(endpointCell(window)),
			label,
			count === null ? NO_FIGURE : formatCount(count),
			...latencyCells(latency),
		]),
	);
	// The service time alone is in the first table.
	if (measurements.every(({ series }) => series.length === 0)) return "";
	return renderTable(
		[{ title: "endpoint", align: "left" }, { title: "time in ms", align: "left" }, { title: "n" }, ...QUANTILE_COLUMNS],
		rows,
	);
}

function tallyLines({ measurements }: LoadRun, style: TerminalStyle): string {
	const lines = measurements.flatMap((window) => {
		const text = talliesText(window);
		return text === null ? [] : wrap(`${printable(endpointCell(window))}: ${printable(text)}.`, style.columns);
	});
	return lines.join("\n");
}

/** The rates that were tried, in order. */
function stepTable(limit: RateLimit): string {
	return renderTable(
		[
			{ title: "requests/s" },
			{ title: "answered/s" },
			{ title: "response time", align: "left" },
			{ title: "share", align: "left" },
			{ title: "verdict", align: "left" },
		],
		limit.steps.map((step) => [
			formatRate(step.ratePerSecond),
			formatRate(step.answeredPerSecond),
			stepLatency(step, limit),
			stepShare(step, limit),
			stepVerdict(step),
		]),
	);
}

const endpointCell = ({ endpoint }: Window): string =>
	endpoint.method === "GET" ? endpoint.path : `${endpoint.method} ${endpoint.path}`;

function latencyCells(latency: Latency): string[] {
	const cells = QUANTILES.map((quantile) => {
		const found = atQuantile(latency, quantile);
		return found === undefined ? NO_FIGURE : formatNsAsMs(found.valueNs);
	});
	return [...cells, latency.maxNs === null ? NO_FIGURE : formatNsAsMs(latency.maxNs)];
}

function note({ measurements }: LoadRun, style: TerminalStyle): string {
	const intervals = measurements
		.map((window) => intervalOf(window))
		.filter((text) => text !== "")
		.join("; ");
	const text = `${loadMethod(measurements)} CPU µs of the target per request.${intervals === "" ? "" : ` 95 % intervals: ${intervals}.`}`;
	return wrap(text, style.columns);
}

function intervalOf(window: Window): string {
	const p99 = percentileOf(window, 0.99);
	const parts: string[] = [];
	if (p99?.lowNs != null && p99.highNs !== null) {
		parts.push(`p99 ${formatNsAsMs(p99.lowNs)}–${formatNsAsMs(p99.highNs)}`);
	}
	if (window.cpu?.lowNs != null && window.cpu.highNs !== null) {
		parts.push(`CPU ${formatNsAsUs(window.cpu.lowNs)}–${formatNsAsUs(window.cpu.highNs)}`);
	}
	return parts.length === 0 ? "" : `${printable(endpointCell(window))} ${parts.join(", ")}`;
}
