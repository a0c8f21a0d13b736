import type { Comparison, Effect, MetricName, Side } from "../../../model/comparison.js";
import type { Measurement, RunRecord } from "../../../model/run-record.js";
import {
	formatBytes,
	formatCount,
	formatEffectChange,
	formatEffectInterval,
	formatNsAsMs,
	formatNsAsUs,
	formatQuantile,
	formatRate,
	NO_FIGURE,
} from "../../format.js";
import { failedRequests } from "../../headline.js";
import { el, foreign, unbroken } from "./dom.js";
import { cpuFigure, type Figure, percentileFigure, plain, quantiles } from "./figures.js";

interface Row {
	readonly label: string;
	readonly unit: string | null;
	readonly figures: readonly (Figure | null)[];
	readonly effect: Effect | undefined;
}

/** The percentiles of both sides and how they changed, with the interval that the comparison gives. */
export function comparisonPanel(run: RunRecord, comparison: Comparison): HTMLElement {
	const sides = cleanSides(run);
	const rows = rowsOf(comparison, sides).filter(
		({ figures, effect }) => figures.some((each) => each !== null) || effect?.change != null,
	);
	const [base, head] = comparison.sides;
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
							sideHead(base),
							sideHead(head),
							el("th", { scope: "col", class: "num clean" }, "change", el("small", {}, "head to base")),
						),
					),
					el("tbody", {}, ...rows.map(rowElement)),
				),
		rows.length === 0 ? null : el("p", { class: "caption" }, unbroken(caption(comparison))),
	);
}

/** Base and head without a profiler; undefined where a side was not measured. */
export const cleanSides = (run: RunRecord): readonly [Measurement | undefined, Measurement | undefined] => {
	const side = (name: string) => run.measurements.find((each) => each.variant === name && each.collector === null);
	return [side("base"), side("head")];
};

const sideHead = ({ name, label }: Side): HTMLElement =>
	el("th", { scope: "col", class: "num side-head", title: label }, name, el("small", {}, foreign(label)));

function rowsOf({ effects }: Comparison, sides: readonly (Measurement | undefined)[]): Row[] {
	const row = (
		label: string,
		unit: string | null,
		metric: MetricName | null,
		measured: (side: Measurement) => Figure | null,
		write?: (value: number) => string,
	): Row => {
		const effect = effects.find((each) => each.metric === metric);
		const figures = [effect?.base, effect?.head].map((value, index) => {
			const side = sides[index];
			const figure = side === undefined ? null : measured(side);
			return figure ?? (write === undefined || value == null ? null : plain(write(value)));
		});
		return { label, unit, figures, effect };
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
		row("Requests/s", null, null, ({ requestsPerSecond }) => plain(formatRate(requestsPerSecond))),
		...quantiles.map(percentile),
		row("max", "ms", null, ({ serviceTime: { maxNs } }) => (maxNs === null ? null : plain(formatNsAsMs(maxNs)))),
		row("CPU", "µs/request", "cpu", cpuFigure, formatNsAsUs),
		row("Allocated", "per request", "alloc", () => null, formatBytes),
	];
}

const percentileMetrics: ReadonlyMap<number, MetricName> = new Map([
	[0.5, "p50"],
	[0.99, "p99"],
	[0.999, "p99.9"],
]);

const rowElement = ({ label, unit, figures, effect }: Row): HTMLElement =>
	el(
		"tr",
		{ "data-row": label, class: effect?.judged ? "strong" : null },
		el("th", { scope: "row" }, label, unit === null ? null : el("small", {}, unit)),
		...figures.map((figure) =>
			el(
				"td",
				{ class: figure?.alarming ? "num side-figure alarming" : "num side-figure" },
				figure?.text ?? NO_FIGURE,
				figure?.interval == null ? null : el("small", { class: "interval" }, figure.interval),
			),
		),
		changeCell(effect),
	);

function changeCell(effect: Effect | undefined): HTMLElement {
	if (effect?.change == null) return el("td", { class: "num clean change" }, "");
	return el(
		"td",
		{ class: `num clean change ${effect.judged ? verdictClass(effect.verdict) : "not-judged"}` },
		unbroken(formatEffectChange(effect).replace(" points", " pt")),
		effect.low === null ? null : el("small", { class: "interval" }, formatEffectInterval(effect)),
	);
}

/** Class that carries a verdict's colour. */
export const verdictClass = (verdict: Effect["verdict"]): string => `v-${verdict.replace(" ", "-")}`;

function caption({ design, effects }: Comparison): string {
	const more = effects.some((each) => each.judged && each.low !== null)
		? "Change is taken within each process set, where both sides are equally warm, so it is not the quotient of the columns. Small figures: 95 % intervals of each side, and the interval of the change."
		: "Too few process sets for an interval of the change.";
	return `${formatCount(design.clients)} clients to each side in turn, closed loop, no profiler. ${more}`;
}
