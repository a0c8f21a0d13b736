import type { Measurement } from "#src/model/measurement.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import {
	formatBytes,
	formatCount,
	formatNsAsMs,
	formatNsAsUs,
	formatQuantile,
	formatRate,
	NO_FIGURE,
} from "#src/report/numbers/format.js";
import { failedRequests } from "#src/report/sentences/headline.js";
import { cpuFigure, type Figure, percentileFigure, plain, quantiles } from "./figures.js";

/** What two variants may be compared by. */
export type PairMetric = "cpu" | "alloc" | "p50" | "p99" | "p99.9" | "errors" | "rps";

export interface PairSide {
	readonly name: string;
	/** A second line about it, or null. */
	readonly label: string | null;
	/** Without a profiler. */
	readonly measurement: Measurement | undefined;
}

export interface PairChange {
	readonly text: string;
	readonly interval: string | null;
	/** Carries the colour of the verdict. */
	readonly className: string;
	/** It takes part in the verdict. */
	readonly judged: boolean;
}

/** Two variants whose percentiles stand beside each other. */
export interface Pair {
	readonly sides: readonly [PairSide, PairSide];
	/** What the change is of what: "head to base". */
	readonly direction: string;
	/** What the measurement of a side (0 or 1) does not have itself. */
	levelOf(side: number, metric: PairMetric): number | null;
	/** Null where the metric is not compared. */
	changeOf(metric: PairMetric): PairChange | null;
	readonly caption: string;
}

interface Row {
	readonly label: string;
	readonly unit: string | null;
	readonly figures: readonly (Figure | null)[];
	readonly change: PairChange | null;
}

/** The percentiles of two variants and how they changed, with the interval that measuring both together gives. */
export function pairPanel(pair: Pair): HTMLElement {
	const rows = rowsOf(pair).filter(({ figures, change }) => figures.some((each) => each !== null) || change !== null);
	return el(
		"section",
		{ class: "panel percentiles", "aria-label": "Percentiles" },
		el("div", { class: "flame-bar" }, el("h2", {}, "Service time")),
		rows.length === 0
			? el("p", { class: "muted" }, "Nothing was measured.")
			: el(
					"table",
					{ class: "percentile-table comparison-table" },
					el(
						"thead",
						{},
						el(
							"tr",
							{},
							el("td"),
							...pair.sides.map(sideHead),
							el("th", { scope: "col", class: "num clean" }, "change", el("small", {}, pair.direction)),
						),
					),
					el("tbody", {}, ...rows.map(rowElement)),
				),
		rows.length === 0 ? null : el("p", { class: "caption" }, unbroken(pair.caption)),
	);
}

const sideHead = ({ name, label }: PairSide): HTMLElement =>
	el(
		"th",
		{ scope: "col", class: "num side-head", title: label },
		name,
		label === null ? null : el("small", {}, foreign(label)),
	);

function rowsOf(pair: Pair): Row[] {
	const row = (
		label: string,
		unit: string | null,
		metric: PairMetric | null,
		measured: (side: Measurement) => Figure | null,
		write?: (value: number) => string,
	): Row => {
		const figures = pair.sides.map(({ measurement }, index) => {
			const figure = measurement === undefined ? null : measured(measurement);
			const value = metric === null ? null : pair.levelOf(index, metric);
			return figure ?? (write === undefined || value === null ? null : plain(write(value)));
		});
		return { label, unit, figures, change: metric === null ? null : pair.changeOf(metric) };
	};
	const percentile = (quantile: number): Row =>
		row(
			formatQuantile(quantile),
			"ms",
			percentileMetrics.get(quantile) ?? null,
			(side) => percentileFigure(side, quantile),
			formatNsAsMs,
		);
	return [
		row("Requests", null, null, ({ counts }) => plain(formatCount(counts.ok))),
		row("Errors", null, "errors", ({ counts }) => {
			const failed = failedRequests(counts);
			return { text: formatCount(failed), interval: null, alarming: failed > 0 };
		}),
		row("Requests/s", null, "rps", ({ requestsPerSecond }) => plain(formatRate(requestsPerSecond)), formatRate),
		...quantiles.map(percentile),
		row("max", "ms", null, ({ serviceTime: { maxNs } }) => (maxNs === null ? null : plain(formatNsAsMs(maxNs)))),
		row("CPU", "µs/request", "cpu", cpuFigure, formatNsAsUs),
		row("Allocated", "per request", "alloc", () => null, formatBytes),
	];
}

const percentileMetrics: ReadonlyMap<number, PairMetric> = new Map([
	[0.5, "p50"],
	[0.99, "p99"],
	[0.999, "p99.9"],
]);

const rowElement = ({ label, unit, figures, change }: Row): HTMLElement =>
	el(
		"tr",
		{ "data-row": label, class: change?.judged ? "strong" : null },
		el("th", { scope: "row" }, label, unit === null ? null : el("small", {}, unit)),
		...figures.map((figure) =>
			el(
				"td",
				{ class: figure?.alarming ? "num side-figure alarming" : "num side-figure" },
				figure?.text ?? NO_FIGURE,
				figure?.interval == null ? null : el("small", { class: "interval" }, figure.interval),
			),
		),
		changeCell(change),
	);

function changeCell(change: PairChange | null): HTMLElement {
	if (change === null) return el("td", { class: "num clean change" }, "");
	return el(
		"td",
		{ class: `num clean change ${change.className}` },
		unbroken(change.text),
		change.interval === null ? null : el("small", { class: "interval" }, change.interval),
	);
}

/** Class that carries a verdict's colour. */
export const verdictClass = (verdict: string): string => `v-${verdict.replace(" ", "-")}`;
