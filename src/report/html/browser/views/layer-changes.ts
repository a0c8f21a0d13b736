import type { LayerEffect, LayerMetric, Variant } from "#src/model/matrix.js";
import { formatLayerChange, formatLayerInterval, layerMetricLabel } from "#src/report/figures/layer.js";
import { figureOf } from "#src/report/figures/matrix.js";
import { type PairChange, type PairMetric, verdictClass } from "#src/report/html/browser/tables/pair-table.js";

/** The metric as a matrix has it, or null where it does not. */
export const layerMetricOf = (metric: PairMetric): LayerMetric | null =>
	metric === "errors" || metric === "p99.9" ? null : metric;

/** The effect of a layer, for the percentile table. */
export function changeOf(effect: LayerEffect | undefined): PairChange | null {
	if (effect === undefined) return null;
	return {
		text: shortChange(effect),
		interval: effect.low === null ? null : formatLayerInterval(effect),
		className: verdictClass(effect.verdict),
		judged: true,
	};
}

/** All minus bare, which has no interval. */
export function differenceOf(sides: readonly (Variant | undefined)[], metric: LayerMetric): PairChange | null {
	const [bare, all] = sides.map((side) => figureOf(side?.figures, metric));
	if (bare == null || all == null) return null;
	const unit = metric === "alloc" ? "bytes" : metric === "rps" ? "1/s" : "ns";
	return {
		text: shortChange({ metric, unit, change: all - bare, low: null, high: null }),
		interval: null,
		className: "not-judged",
		judged: true,
	};
}

/** The row says what it is of. */
const shortChange = (change: Parameters<typeof formatLayerChange>[0]): string =>
	formatLayerChange(change).replace(` ${layerMetricLabel("rps")}`, "");
