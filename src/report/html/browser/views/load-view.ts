import { latencyOf } from "#src/analyse/latency/judged-latency.js";
import type { Latency } from "#src/model/latency.js";
import type { Window } from "#src/model/measurement.js";
import type { RateLimit } from "#src/model/rate-limit.js";
import type { LoadRun } from "#src/model/run.js";
import { withLight } from "#src/report/figures/light.js";
import { missedRequests } from "#src/report/figures/requests.js";
import { chartsSection } from "#src/report/html/browser/charts/charts.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import {
	cpuFigure,
	errorsFigure,
	type Figure,
	latencyFigure,
	plain,
	quantiles,
} from "#src/report/html/browser/tables/figures.js";
import type { PageData } from "#src/report/html/page-data.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { furtherLatencies, talliesText } from "#src/report/labels/latency.js";
import { loadCell } from "#src/report/labels/load.js";
import { formatCount, formatQuantile, formatRate, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatNsAsMs } from "#src/report/numbers/times.js";
import { clientSentence, loadMethod } from "#src/report/sentences/load.js";
import { limitSentence, stepLatency, stepShare, stepVerdict } from "#src/report/sentences/rate-limit.js";

const shownQuantiles = quantiles.filter((each) => each !== 0.9);

/** What was measured, and over time. */
export const loadSections = (run: LoadRun, data: PageData): (HTMLElement | null)[] =>
	run.measurements.length === 0 ? [] : [loadPanel(run), chartsSection(run.measurements, data, "endpoint")];

/** The search for a rate, every endpoint in one table, what latencies are made of. */
function loadPanel(run: LoadRun): HTMLElement {
	const { client, limits } = run;
	const isOpen = run.measurements.some(({ load }) => load.kind === "open");
	return el(
		"section",
		{ class: "panel load", "aria-label": "Endpoints" },
		...limits.map(stepTable),
		endpointTable(run.measurements, isOpen),
		furtherTable(run.measurements),
		el("p", { class: "caption" }, unbroken(`${loadMethod(run.measurements)} Small figures: 95 % intervals.`)),
		...run.measurements.map(tallyLine),
		client === null ? null : el("p", { class: "caption" }, unbroken(clientSentence(run, client))),
	);
}

type Head = readonly [name: string, unit: string | null];

const headRow = (left: readonly string[], heads: readonly Head[]): HTMLElement =>
	el(
		"thead",
		{},
		el(
			"tr",
			{},
			...left.map((name) => el("th", { scope: "col" }, name)),
			...heads.map(([name, unit]) =>
				el("th", { scope: "col", class: "num" }, name, unit === null ? null : el("small", {}, unit)),
			),
		),
	);

const latencyHeads: readonly Head[] = [
	...shownQuantiles.map((quantile): Head => [formatQuantile(quantile), "ms"]),
	["max", "ms"],
];

function endpointTable(measurements: readonly Window[], isOpen: boolean): HTMLElement {
	return el(
		"table",
		{ class: "load-table" },
		headRow(
			[isOpen ? "Load" : "Clients", "Endpoint"],
			[
				["Requests", null],
				["Errors", null],
				...(isOpen ? [["Missed", null] as const] : []),
				["Requests/s", null],
				...latencyHeads,
				["CPU", "µs/request"],
			],
		),
		el("tbody", {}, ...withLight(measurements).map((each) => endpointRow(each, isOpen))),
	);
}

function endpointRow(measurement: Window, isOpen: boolean): HTMLElement {
	const missed = missedRequests(measurement) ?? 0;
	const figures = [
		plain(formatCount(measurement.counts.ok)),
		errorsFigure(measurement),
		...(isOpen ? [{ text: formatCount(missed), interval: null, alarming: missed > 0 }] : []),
		plain(formatRate(measurement.requestsPerSecond)),
		...latencyFigures(latencyOf(measurement)),
		cpuFigure(measurement),
	];
	return el(
		"tr",
		{},
		el("td", { class: "num" }, loadCell(measurement.load)),
		el(
			"th",
			{ scope: "row" },
			foreign(endpointLabel(measurement.endpoint)),
			measurement.partial ? el("small", {}, "ended early") : null,
		),
		...figures.map(figureCell),
	);
}

/** What the latency is made of, or the other latencies of a stream, a socket or a loop. */
function furtherTable(measurements: readonly Window[]): HTMLElement | null {
	if (measurements.every(({ series }) => series.length === 0)) return null;
	const rows = measurements.flatMap((measurement) =>
		furtherLatencies(measurement).map(({ label, count, latency }) =>
			el(
				"tr",
				{ "data-latency": label },
				el("th", { scope: "row" }, foreign(endpointLabel(measurement.endpoint))),
				el("td", {}, label),
				el("td", { class: "num" }, count === null ? NO_FIGURE : formatCount(count)),
				...latencyFigures(latency).map(figureCell),
			),
		),
	);
	return el(
		"table",
		{ class: "load-table further" },
		headRow(["Endpoint", "Time"], [["n", null], ...latencyHeads]),
		el("tbody", {}, ...rows),
	);
}

function tallyLine(measurement: Window): HTMLElement | null {
	const text = talliesText(measurement);
	return text === null
		? null
		: el("p", { class: "caption" }, foreign(`${endpointLabel(measurement.endpoint)}: ${text}.`));
}

function stepTable(limit: RateLimit): HTMLElement {
	return el(
		"table",
		{ class: "load-table steps" },
		el("caption", {}, foreign(limitSentence(limit))),
		headRow(
			[],
			[
				["Requests/s", null],
				["Answered/s", null],
				["Response time", null],
				["Share", null],
				["Verdict", null],
			],
		),
		el(
			"tbody",
			{},
			...limit.steps.map((step) =>
				el(
					"tr",
					{ "data-verdict": step.verdict },
					el("td", { class: "num" }, formatRate(step.ratePerSecond)),
					el("td", { class: "num" }, formatRate(step.answeredPerSecond)),
					el("td", { class: "num" }, unbroken(stepLatency(step, limit))),
					el("td", { class: "num" }, unbroken(stepShare(step, limit))),
					el("td", { class: "num" }, stepVerdict(step)),
				),
			),
		),
	);
}

const latencyFigures = (latency: Latency): (Figure | null)[] => [
	...shownQuantiles.map((quantile) => latencyFigure(latency, quantile)),
	latency.maxNs === null ? null : plain(formatNsAsMs(latency.maxNs)),
];

const figureCell = (figure: Figure | null): HTMLElement =>
	el(
		"td",
		{ class: figure?.alarming ? "num alarming" : "num" },
		figure?.text ?? NO_FIGURE,
		figure?.interval == null ? null : el("small", { class: "interval" }, figure.interval),
	);
