import type { LayerEffect, LayerMetric, Matrix } from "#src/model/matrix.js";
import { differingEffect, effectOf, isOnlySkipped } from "#src/report/figures/matrix.js";
import { formatLayerChange, formatLayerEffect } from "#src/report/numbers/layer-effects.js";
import { ANSWER_DIFFERS, answerDiffers } from "./needed-layers.js";

/** What is said of layers that were switched both ways: by skipping their hooks, and by leaving them out. */

/** Beside the name of a layer of which `onlySkippedNote` tells. */
const ONLY_SKIPPED = "‡";
/** Before what the other way says, where that differs. */
export const DIFFERS = "≠";

/** Beside a layer's name in a table of this metric, with a blank before; empty where there is nothing to say. */
export function marksOf(matrix: Matrix, factor: string, metric: LayerMetric): string {
	const marks = [
		answerDiffers(matrix, factor) ? ANSWER_DIFFERS : "",
		isOnlySkipped(matrix, effectOf(matrix, factor, metric)) ? ONLY_SKIPPED : "",
	].filter((mark) => mark !== "");
	return marks.length === 0 ? "" : ` ${marks.join(" ")}`;
}

/** What the mark stands for; null where no layer has it. */
export const onlySkippedNote = (matrix: Matrix, metric: LayerMetric): string | null =>
	matrix.factors.some(({ name }) => isOnlySkipped(matrix, effectOf(matrix, name, metric)))
		? `${ONLY_SKIPPED} By skipping its hooks in a warm process: trust the name more than the size.`
		: null;

/** What stands behind ≠; null where both ways agree. */
export const differsNote = (matrix: Matrix, metric: LayerMetric): string | null =>
	matrix.factors.some(({ name }) => differingEffect(matrix, name, metric) !== undefined)
		? `${DIFFERS} with its hooks skipped in a warm process, beyond both intervals: believe the layer that was left out.`
		: null;

/** Behind a figure of the answer; empty where there is nothing to say. */
export function bothWaysClause(matrix: Matrix, effect: LayerEffect): string {
	const other = differingEffect(matrix, effect.factor, effect.metric);
	if (other !== undefined) return ` (with its hooks skipped ${formatLayerChange(other, "plain")})`;
	return isOnlySkipped(matrix, effect) ? " (by skipping its hooks)" : "";
}

/** What both ways say of the CPU of a layer; null where it was switched one way, as all others. */
export function bothWaysSentence(matrix: Matrix, factor: string): string | null {
	const effect = effectOf(matrix, factor, "cpu");
	const other = matrix.bothWays?.effects.find((each) => each.factor === factor && each.metric === "cpu");
	if (effect === undefined) return null;
	if (other === undefined) {
		return matrix.method === "both" && effect.way === "toggled"
			? "Its hooks were skipped in a warm process; by itself it was not left out."
			: null;
	}
	const [skipped, absent] = effect.way === "toggled" ? [effect, other] : [other, effect];
	const verdict =
		differingEffect(matrix, factor, "cpu") !== undefined
			? "They disagree by more than their intervals: believe the latter."
			: skipped.low === null || absent.low === null
				? "Without intervals nobody can say whether they agree."
				: "They agree.";
	return `With its hooks skipped in a warm process: ${formatLayerEffect(skipped)} of CPU a request; never registered: ${formatLayerEffect(absent)}. ${verdict}`;
}
