import type { LayerEffect, LayerMetric, Matrix } from "#src/model/matrix.js";
import { differingEffect, failureOf, foundElsewhere, isReal } from "#src/report/figures/matrix.js";
import { remainderSentence } from "#src/report/figures/matrix-rows.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { NO_FIGURE } from "#src/report/numbers/format.js";
import { formatLayerChange, formatLayerInterval, formatLevel } from "#src/report/numbers/layer-effects.js";
import { formatChange, formatConfidence, formatSize } from "#src/report/numbers/shares.js";
import { DIFFERS, differsNote, onlySkippedNote } from "#src/report/sentences/both-ways.js";
import { answersDifferNote } from "#src/report/sentences/needed-layers.js";
import { profileDisagreementText } from "#src/report/sentences/profile-disagreement.js";
import { variantFailureText } from "#src/report/sentences/variant-failure.js";

/** The verdict, and where else something was found. */
export function verdictTexts(
	matrix: Matrix,
	metric: LayerMetric,
	name: string,
	effect: LayerEffect | undefined,
): (HTMLElement | string)[] {
	if (effect === undefined) {
		const failed = failureOf(matrix, name);
		const why = failed === null ? null : variantFailureText(failed);
		return [NO_FIGURE, el("small", { title: why }, why === null ? "not measured" : foreign(why))];
	}
	const elsewhere = isReal(effect) ? [] : foundElsewhere(matrix, name, metric);
	const other = differingEffect(matrix, name, metric);
	const where = elsewhere.map(({ metric }) => (metric === "rps" ? "req/s" : wordsOf(metric).column)).join(", ");
	return [
		el("b", { class: "verdict-word" }, effect.verdict),
		...(where === "" ? [] : [el("small", { class: "elsewhere" }, `found in ${where}`)]),
		...(other === undefined
			? []
			: [el("small", { class: "differs" }, unbroken(`${DIFFERS} ${formatLayerChange(other)} skipped`))]),
	];
}

/** What the profile of all charges to a factor. */
export function profileCell(matrix: Matrix, name: string): HTMLElement {
	const found = matrix.attributions.find(({ factor }) => factor === name);
	if (found === undefined) return el("td", { class: "num by-profile muted" }, NO_FIGURE);
	const text = formatLevel("cpu", found.profiledNsPerRequest);
	return el(
		"td",
		{
			class: "num by-profile",
			title: found.disagreement === null ? null : profileDisagreementText(found.disagreement),
		},
		unbroken(text),
		found.disagreement === null ? null : el("b", { class: "differs", "aria-label": "disagrees" }, " ≠"),
	);
}

/** A change with its interval. */
export function figureCell(change: Parameters<typeof formatLayerChange>[0] | undefined): HTMLElement {
	if (change === undefined) return el("td", { class: "num" }, NO_FIGURE);
	return el(
		"td",
		{ class: "num" },
		el("b", {}, unbroken(formatLayerChange(change))),
		change.low === null ? null : el("small", {}, formatLayerInterval(change)),
	);
}

export const signedShare = (share: number): string => unbroken(formatChange(share));

/** What the drawings mean, and whether the layers add up. */
export function captionOf(matrix: Matrix, metric: LayerMetric): string {
	const { design } = matrix;
	const margin = design.margins[metric];
	return [
		differsNote(matrix, metric) ?? "",
		onlySkippedNote(matrix, metric) ?? "",
		answersDifferNote(matrix) ?? "",
		remainderSentence(matrix, metric) ?? "",
		`Steps begin at bare and end at all. The band is the margin${margin === undefined ? "" : ` of ±${formatSize(margin)} of bare`}: effects within it do not matter.`,
		matrix.effects.some(({ low }) => low !== null)
			? `Intervals of all layers hold together with ${formatConfidence(design.confidence)}.`
			: "There are no intervals: they take two process sets at least.",
		matrix.attributions.length > 0 && metric === "cpu"
			? "By profile: the layer’s own code and what it calls in a profile of all; ≠ lies outside the interval."
			: "",
	]
		.filter((part) => part !== "")
		.join(" ");
}
