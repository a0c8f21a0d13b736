import type { Finding } from "#src/model/finding.js";
import type { LayerMetric, Matrix, Remainder, Variant } from "#src/model/matrix.js";
import { formatLayerEffect } from "#src/report/numbers/layer-effects.js";
import { profileDisagreementText } from "#src/report/sentences/profile-disagreement.js";
import { allMinusBare, allVariant, bareVariants, leadMetric, sumOfEffects } from "./matrix.js";

/** What stands beside the effects: the variants that frame them and whether they add up. */

/** Bare, its control, all. */
export const framingVariants = (matrix: Matrix): Variant[] => {
	const all = allVariant(matrix);
	return [...bareVariants(matrix), ...(all === undefined ? [] : [all])];
};

export const remainderOf = ({ remainders }: Matrix, metric: LayerMetric): Remainder | undefined =>
	remainders.find((each) => each.metric === metric);

/** Whether effects add up to what all layers cost together; null where that cannot be said. */
export function remainderSentence(matrix: Matrix, metric: LayerMetric = leadMetric(matrix)): string | null {
	const remainder = remainderOf(matrix, metric);
	if (remainder === undefined) return null;
	const scale = { metric, unit: remainder.unit, low: null, high: null };
	// By definition of the remainder. Of one way bare is the mean of all bare variants here; of both, what was skipped was measured
	// while the machine may have been faster or slower.
	const together = matrix.method === "both" ? allMinusBare(matrix, metric) : null;
	const effects = together === null ? sumOfEffects(matrix, metric) : together - remainder.change;
	const sum = formatLayerEffect({ ...scale, change: effects });
	const all = formatLayerEffect({ ...scale, change: effects + remainder.change });
	const rest = formatLayerEffect(remainder);
	if (remainder.large) {
		const { kind, leaveOneOut } = matrix.design;
		const partly = effectsPartlySkipped(matrix, metric)
			? ", or that those whose hooks were only skipped cost by being there"
			: "";
		const hint =
			kind === "one-at-a-time" && !leaveOneOut ? " --leave-one-out measures each among all others as well." : "";
		return `The layers do not simply add up: one by one ${sum}, all together ${all}, so ${rest} is left that no layer costs alone${partly}.${hint}`;
	}
	const verdict = remainder.low === null ? "; whether that is chance is not known" : ", which is not large";
	return `One by one the layers add up to ${sum}, all together to ${all}: a remainder of ${rest}${verdict}.`;
}

/** Whether what layers cost by being there is in the remainder. */
const effectsPartlySkipped = ({ method, effects }: Matrix, metric: LayerMetric): boolean =>
	method === "both" && effects.some((each) => each.metric === metric && each.way === "toggled");

/** What the profile says of a factor beside what leaving it out measured; null where it says nothing. */
export function attributionSentence({ attributions }: Matrix, factor: string): string | null {
	const found = attributions.find((each) => each.factor === factor);
	if (found === undefined) return null;
	const { profiledNsPerRequest, measuredNsPerRequest, lowNs, highNs, disagreement } = found;
	const ns = { metric: "cpu", unit: "ns" } as const;
	const profiled = formatLayerEffect({ ...ns, change: profiledNsPerRequest, low: null, high: null }, "plain");
	const measured = formatLayerEffect({ ...ns, change: measuredNsPerRequest, low: lowNs, high: highNs });
	const verdict = disagreement === null ? "They agree." : `They disagree: ${profileDisagreementText(disagreement)}.`;
	return `By the profile of all layers, its own code and what that calls take ${profiled} of CPU a request; switching it off measured ${measured}. ${verdict}`;
}

const toldInPlace: ReadonlySet<string> = new Set(["LAYER_COST", "LAYER_NEEDED"]);

/** What the views of a matrix do not tell in its own place anyway. */
export const findingsBesides = (findings: readonly Finding[], matrix: Matrix | null): Finding[] =>
	findings.filter(
		({ code, figures }) =>
			matrix === null ||
			!(toldInPlace.has(code) || (code === "LAYERS_INTERACT" && figures.metric === leadMetric(matrix))),
	);
