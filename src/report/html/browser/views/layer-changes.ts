import type { LayerEffect, LayerMetric, Matrix, Variant } from "#src/model/matrix.js";
import { bareVariant, effectOf, figureOf, measuredMetrics } from "#src/report/figures/matrix.js";
import { type PairChange, type PairRow, verdictClass } from "#src/report/html/browser/tables/pair-table.js";
import { formatLayerChangeInRow, formatLayerInterval, formatLevel } from "#src/report/numbers/layer-effects.js";

/** Bare, bare with what the layer adds, and that; a row for each metric in which it was estimated. */
export const layerRows = (matrix: Matrix, factor: string): PairRow[] =>
	measuredMetrics(matrix).flatMap((metric) => {
		const effect = effectOf(matrix, factor, metric);
		// A row is of one estimate: that of the way in which its layer was switched.
		const level = figureOf(bareVariant(matrix, effect?.way)?.figures, metric);
		if (effect === undefined || level === null) return [];
		return [{ metric, figures: levels(metric, level, level + effect.change), change: changeOf(effect) }];
	});

/** Bare, all, and the difference, which has no interval. */
export const allLayersRows = (matrix: Matrix, bare: Variant | undefined, all: Variant | undefined): PairRow[] =>
	measuredMetrics(matrix).flatMap((metric) => {
		const [low, high] = [figureOf(bare?.figures, metric), figureOf(all?.figures, metric)];
		if (low === null || high === null) return [];
		const unit = metric === "alloc" ? "bytes" : metric === "rps" ? "1/s" : "ns";
		const text = formatLayerChangeInRow({ metric, unit, change: high - low, low: null, high: null });
		return [
			{
				metric,
				figures: levels(metric, low, high),
				change: { text, interval: null, className: "not-judged", judged: true },
			},
		];
	});

const levels = (metric: LayerMetric, base: number, head: number): PairRow["figures"] => [
	formatLevel(metric, base),
	formatLevel(metric, head),
];

const changeOf = (effect: LayerEffect): PairChange => ({
	text: formatLayerChangeInRow(effect),
	interval: effect.low === null ? null : formatLayerInterval(effect),
	className: verdictClass(effect.verdict),
	judged: true,
});
