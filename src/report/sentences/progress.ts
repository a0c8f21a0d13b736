import { leadOf } from "#src/analyse/comparison/lead.js";
import type { ComparingProgress, MatrixProgress, Outlook, Progress } from "#src/model/progress.js";
import { effectOf, leadMetric, rankedFactors } from "#src/report/figures/matrix.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { formatEffect } from "#src/report/numbers/effects.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatLayerChange, formatLayerInterval } from "#src/report/numbers/layer-effects.js";
import { formatWholeSeconds } from "#src/report/numbers/times.js";
import { briefName } from "./brief-name.js";

/** One line of what is done now; what matters most stands first, as a terminal may cut the rest. */
export function progressLine(progress: Progress): string {
	if (typeof progress === "string") return progress;
	return (progress.kind === "comparing" ? comparing(progress) : measuringLayers(progress)).join(" · ");
}

/** "CPU +2.1 % [−1.0 … 5.2]", "verdict in about 20 s", "set 3 of about 8, measuring" */
function comparing({ set, fittingSets, phase, effects, verdict, outlook }: ComparingProgress): string[] {
	const of = fittingSets === null ? "" : ` of about ${formatCount(Math.max(set, fittingSets))}`;
	const lead = leadOf({ effects, verdict });
	const isTold = verdict === "regressed" || verdict === "improved";
	return [
		...(lead === undefined ? [] : [`${wordsOf(lead.metric).noun} ${formatEffect(lead)}`]),
		isTold ? `${verdict}, the rest is not settled` : outlookText(outlook),
		`set ${formatCount(set)}${of}, ${phase}`,
	];
}

function outlookText(outlook: Outlook): string {
	switch (outlook.kind) {
		case "at most":
			return `verdict within ${formatWholeSeconds(outlook.ms)}`;
		case "at the earliest":
			return `verdict in ${formatWholeSeconds(outlook.ms)} at the earliest`;
		case "expected":
			return `verdict in about ${formatWholeSeconds(outlook.ms)}`;
		case "too late":
			return `no verdict to be expected in the ${formatWholeSeconds(outlook.leftMs)} left`;
		case "by time":
			return `${formatWholeSeconds(outlook.leftMs)} left`;
	}
}

const MAX_LAYER_NAME = 24;

/** "so far cors costs most, +3.1 µs of CPU [1.0 … 5.2]", "about 60 s left", "leaving out: set 3, 8 variants" */
function measuringLayers({ way, set, blocks, variants, matrix, leftMs }: MatrixProgress): string[] {
	const parts = blocks === 1 ? "" : ` of ${formatCount(blocks)} parts`;
	const metric = matrix === null ? null : leadMetric(matrix);
	const [first] = matrix === null || metric === null ? [] : rankedFactors(matrix, metric);
	const effect =
		matrix === null || metric === null || first === undefined ? undefined : effectOf(matrix, first.name, metric);
	const lead =
		effect === undefined
			? []
			: [
					`so far ${briefName(effect.factor, MAX_LAYER_NAME)} costs most, ${formatLayerChange(effect)}${wordsOf(effect.metric).ofAmount}${effect.low === null ? "" : ` ${formatLayerInterval(effect)}`}`,
				];
	return [
		...lead,
		leftMs > 0 ? `about ${formatWholeSeconds(leftMs)} left` : "over its time",
		`${way === "toggled" ? "skipping hooks" : "leaving out"}: set ${formatCount(set)}${parts}, ${formatCount(variants)} variants`,
	];
}
