import type { ControlDifference, Matrix } from "#src/model/matrix.js";
import { leadMetric } from "#src/report/figures/matrix.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { formatChange, formatSize } from "#src/report/numbers/shares.js";

/** What the control says, which is bare once more; null where a design has none or too few sets have both. */
export function bareCheckSentence(matrix: Matrix): string | null {
	const { controlDifferences, design } = matrix;
	const lead = controlDifferences.find(({ metric }) => metric === leadMetric(matrix)) ?? controlDifferences[0];
	if (lead === undefined) return null;
	const apart = controlDifferences.filter(({ real }) => real);
	if (apart.length > 0) {
		return `The control is the same as bare and yet differs from it: ${apart.map(differenceText).join("; ")}. Effects of this size may be that.`;
	}
	const margin = design.margins[lead.metric];
	return Math.max(-lead.low, lead.high) <= margin
		? `The control is the same as bare and as equal to it as it should be: ${differenceText(lead)}.`
		: `The control is the same as bare, but whether the two measure alike cannot be told: ${differenceText(lead)} is wider than the margin of ±${formatSize(margin)}.`;
}

const differenceText = ({ metric, change, low, high }: ControlDifference): string =>
	`${wordsOf(metric).column} ${formatChange(change)} [${formatChange(low)} … ${formatChange(high)}]`;
