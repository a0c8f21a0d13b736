import { regimes } from "#src/model/load-words.js";
import type { LayerMetric } from "#src/model/matrix.js";
import type { Slices } from "#src/model/measurement.js";
import { type MetricName, metricNames } from "#src/model/metric-names.js";
import { totalFigures } from "#src/report/figures/comparison.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { loadLabel } from "#src/report/labels/load.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { NO_FIGURE } from "#src/report/numbers/format.js";

/** What a row of a pair is of. */
type PairMetric = MetricName | LayerMetric;

export interface PairSide {
	readonly name: string;
	/** A second line about it, or null. */
	readonly label: string | null;
	/** All its slices, for each kind of load; none where it was not measured. */
	readonly totals: readonly Slices[];
}

export interface PairChange {
	readonly text: string;
	readonly interval: string | null;
	/** Carries the colour of the verdict. */
	readonly className: string;
	/** It takes part in the verdict. */
	readonly judged: boolean;
}

/** Both figures and the change, of one estimate: the change leads from the one to the other. */
export interface PairRow {
	readonly metric: PairMetric;
	readonly figures: readonly [string, string];
	readonly change: PairChange;
}

/** Two variants beside each other. */
export interface Pair {
	readonly sides: readonly [PairSide, PairSide];
	/** What the change is of what: "head to base". */
	readonly direction: string;
	readonly rows: readonly PairRow[];
	readonly caption: string;
}

/** What two variants cost and how that changed, with the interval that measuring both together gives; below, the totals of each. */
export function pairPanel({ sides, direction, rows, caption }: Pair): HTMLElement {
	const totals = totalsTable(sides);
	return el(
		"section",
		{ class: "panel percentiles", "aria-label": "Percentiles" },
		el("div", { class: "flame-bar" }, el("h2", {}, "Service time and cost")),
		rows.length === 0 && totals === null ? el("p", { class: "muted" }, "Nothing was measured.") : null,
		rows.length === 0 ? null : comparedTable(sides, direction, rows),
		rows.length === 0 ? null : el("p", { class: "caption" }, unbroken(caption)),
		totals,
	);
}

const comparedTable = (sides: Pair["sides"], direction: string, rows: readonly PairRow[]): HTMLElement =>
	el(
		"table",
		{ class: "percentile-table comparison-table" },
		el(
			"thead",
			{},
			el(
				"tr",
				{},
				el("td"),
				...sides.map(sideHead),
				el("th", { scope: "col", class: "num clean" }, "change", el("small", {}, direction)),
			),
		),
		el(
			"tbody",
			{},
			...order.flatMap((metric) => {
				const row = rows.find((each) => each.metric === metric);
				return row === undefined ? [] : [rowElement(row)];
			}),
		),
	);

const sideHead = ({ name, label }: PairSide): HTMLElement =>
	el(
		"th",
		{ scope: "col", class: "num side-head", title: label },
		name,
		label === null ? null : el("small", {}, foreign(label)),
	);

const order: readonly PairMetric[] = ["rps", ...metricNames];
function rowElement({ metric, figures, change }: PairRow): HTMLElement {
	const label = wordsOf(metric).row;
	return el(
		"tr",
		{ "data-row": label, class: change.judged ? "strong" : null },
		el("th", { scope: "row" }, label),
		...figures.map((figure) => el("td", { class: "num side-figure" }, unbroken(figure))),
		el(
			"td",
			{ class: `num clean change ${change.className}` },
			unbroken(change.text),
			change.interval === null ? null : el("small", { class: "interval" }, change.interval),
		),
	);
}

/** All slices of each side added up; null where none was measured. */
function totalsTable(sides: Pair["sides"]): HTMLElement | null {
	const measured = regimes.flatMap((each) =>
		sides.flatMap(({ totals }) => totals.filter(({ regime }) => regime === each)),
	);
	if (measured.length === 0) return null;
	return el(
		"table",
		{ class: "totals-table" },
		el(
			"thead",
			{},
			el(
				"tr",
				{},
				el("th", { scope: "col", class: "totals-head" }, "Totals of all sets"),
				...measured.map((slices) => {
					const name = sides.find(({ totals }) => totals.includes(slices))?.name ?? slices.variant;
					return el("th", { scope: "col", class: "totals-head" }, name, el("small", {}, loadLabel(slices.load)));
				}),
			),
		),
		el(
			"tbody",
			{},
			...totalFigures(measured).map(({ title, cells }) =>
				el(
					"tr",
					{ "data-total": title },
					el("th", { scope: "row" }, title),
					...cells.map((cell) =>
						el(
							"td",
							{ class: title === "errors" && cell !== "0" && cell !== NO_FIGURE ? "num alarming" : "num" },
							unbroken(cell),
						),
					),
				),
			),
		),
	);
}

/** Class that carries a verdict's colour. */
export const verdictClass = (verdict: string): string => `v-${verdict.replace(" ", "-")}`;
