import { latencyOf } from "#src/analyse/latency/judged-latency.js";
import type { Window } from "#src/model/measurement.js";
import type { ProfileRecord } from "#src/model/profile.js";
import { withLight } from "#src/report/figures/light.js";
import { el, unbroken } from "#src/report/html/browser/dom.js";
import { collectorLabel } from "#src/report/labels/collector.js";
import { latencyLabel } from "#src/report/labels/latency.js";
import { loadDescription, loadLabel } from "#src/report/labels/load.js";
import { formatCount, formatQuantile, formatRate, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatChange } from "#src/report/numbers/shares.js";
import { formatDurationMs, formatNsAsMs } from "#src/report/numbers/times.js";
import { capitalized } from "#src/report/sentences/phrases.js";
import { cpuFigure, errorsFigure, type Figure, percentileFigure, plain, quantiles } from "./figures.js";

/** The percentiles of one endpoint: clean first, then under each profiler, which is the profiler's cost and not the target. */
export function percentilePanel(windows: readonly Window[], profiles: readonly ProfileRecord[]): HTMLElement {
	const clean = withLight(windows.filter((each) => each.collector === null));
	const columns = [...clean, ...windows.filter((each) => each.collector !== null)];
	const rows: readonly (readonly [label: string, unit: string | null, (measurement: Window) => Figure | null])[] = [
		["Requests", null, (each) => plain(formatCount(each.counts.ok))],
		["Errors", null, errorsFigure],
		["Requests/s", null, (each) => plain(formatRate(each.requestsPerSecond))],
		...quantiles.map(
			(quantile) => [formatQuantile(quantile), "ms", (each: Window) => percentileFigure(each, quantile)] as const,
		),
		["max", "ms", maxFigure],
		["CPU", "µs/request", cpuFigure],
		["Overhead", "CPU", (each) => overheadFigure(each, windows, profiles)],
	];
	const shown = rows.filter(([, , figure]) => columns.some((each) => figure(each) !== null));
	return el(
		"section",
		{ class: "panel percentiles", "aria-label": "Percentiles" },
		el("div", { class: "flame-bar" }, el("h2", {}, title(columns))),
		el(
			"table",
			{ class: "percentile-table" },
			el("thead", {}, el("tr", {}, el("td"), ...columns.map(columnHead))),
			el(
				"tbody",
				{},
				...shown.map(([label, unit, figure]) =>
					el(
						"tr",
						{ "data-row": label, class: label === "p99" || label === "CPU" ? "strong" : null },
						el("th", { scope: "row" }, label, unit === null ? null : el("small", {}, unit)),
						...columns.map((each) => figureCell(each, figure(each))),
					),
				),
			),
		),
		caption(columns),
	);
}

/** "Service time", "Response time" */
function title([first]: readonly Window[]): string {
	return capitalized(first === undefined ? "latency" : latencyLabel(first));
}

function maxFigure(measurement: Window): Figure | null {
	const { maxNs } = latencyOf(measurement);
	return maxNs === null ? null : plain(formatNsAsMs(maxNs));
}

function columnHead(measurement: Window): HTMLElement {
	if (measurement.collector === null) {
		return el(
			"th",
			{ scope: "col", class: "num clean" },
			"clean",
			el("small", {}, measurement.partial ? "ended early" : loadLabel(measurement.load)),
		);
	}
	return el(
		"th",
		{ scope: "col", class: "num profiled" },
		collectorLabel(measurement.collector),
		el("small", {}, measurement.partial ? "ended early" : "under profiler"),
	);
}

function figureCell(measurement: Window, figure: Figure | null): HTMLElement {
	const classes = ["num", measurement.collector === null ? "clean" : "profiled"];
	if (figure?.alarming) classes.push("alarming");
	return el(
		"td",
		{ class: classes.join(" ") },
		figure?.text ?? NO_FIGURE,
		figure?.interval == null ? null : el("small", { class: "interval" }, figure.interval),
	);
}

function caption(columns: readonly Window[]): HTMLElement {
	const first = columns.find(({ collector, cpu }) => collector !== null || cpu !== null) ?? columns[0];
	const load =
		first === undefined ? "" : `${loadDescription(first.load)}, ${formatDurationMs(first.load.durationMs)}. `;
	const profiled = columns.some((each) => each.collector !== null)
		? " Grey columns were measured under a profiler: they show what it costs and are not the target’s percentiles."
		: "";
	return el("p", { class: "caption" }, unbroken(`${load}Small figures: 95 % intervals.${profiled}`));
}

/** How much more CPU a request took than in the clean window of the same profile. */
function overheadFigure(
	measurement: Window,
	windows: readonly Window[],
	profiles: readonly ProfileRecord[],
): Figure | null {
	const profile = profiles.find((each) => each.measurementId === measurement.id);
	const clean = windows.find((each) => each.id === profile?.cleanMeasurementId);
	if (clean?.cpu == null || measurement.cpu === null || clean.cpu.nsPerRequest === 0) return null;
	return plain(formatChange(measurement.cpu.nsPerRequest / clean.cpu.nsPerRequest - 1));
}
