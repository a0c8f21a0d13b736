import type { Measurement, RunRecord } from "../../model/run-record.js";
import { formatCount, formatNsAsMs, formatNsAsUs, formatRate, NO_FIGURE } from "../format.js";
import { failedRequests, headline, percentileOf } from "../headline.js";
import { loadCell } from "../load-label.js";
import { renderFindings } from "./findings.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, renderTable, wrap } from "./table.js";

/** The answer of `az-prof load` for a terminal; the columns of the published baseline, p99.9 and CPU beside them. */
export function renderLoad(run: RunRecord, style: TerminalStyle): string {
	const colors = colorsOf(style);
	const parts = [
		colors.bold(wrap(printable(headline(run, new Map())), style.columns)),
		run.measurements.length === 0 ? "" : `${endpointTable(run)}\n${colors.dim(note(run, style))}`,
		renderFindings(run.findings, style),
	];
	return parts.filter((part) => part !== "").join("\n\n");
}

function endpointTable(run: RunRecord): string {
	return renderTable(
		[
			{ title: "clients" },
			{ title: "endpoint", align: "left" },
			{ title: "requests" },
			{ title: "errors" },
			{ title: "RPS" },
			{ title: "p50" },
			{ title: "p95" },
			{ title: "p99" },
			{ title: "p99.9" },
			{ title: "max" },
			{ title: "CPU µs" },
		],
		run.measurements.map((window) => [
			loadCell(window.load),
			printable(endpointCell(window)),
			formatCount(window.counts.ok),
			formatCount(failedRequests(window.counts)),
			formatRate(window.requestsPerSecond),
			...[0.5, 0.95, 0.99, 0.999].map((quantile) => percentileCell(window, quantile)),
			window.serviceTime.maxNs === null ? NO_FIGURE : formatNsAsMs(window.serviceTime.maxNs),
			window.cpu === null ? NO_FIGURE : formatNsAsUs(window.cpu.nsPerRequest),
		]),
	);
}

const endpointCell = ({ endpoint }: Measurement): string =>
	endpoint.method === "GET" ? endpoint.path : `${endpoint.method} ${endpoint.path}`;

function percentileCell(window: Measurement, quantile: number): string {
	const found = percentileOf(window, quantile);
	return found === undefined || window.counts.ok === 0 ? NO_FIGURE : formatNsAsMs(found.valueNs);
}

function note(run: RunRecord, style: TerminalStyle): string {
	const intervals = run.measurements
		.map((window) => intervalOf(window))
		.filter((text) => text !== "")
		.join("; ");
	const text = `Service times in ms, closed loop: each client waits for its answer. CPU µs of the target per request.${intervals === "" ? "" : ` 95 % intervals: ${intervals}.`}`;
	return wrap(text, style.columns);
}

function intervalOf(window: Measurement): string {
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
