import { type BareDifference, bareDifferences } from "#matrix/findings/bare.js";
import type { Matrix } from "#src/model/matrix.js";
import { layerMetricLabel } from "#src/report/figures/layer.js";

/** What measuring bare twice says; null where a design does not do that or has too few sets. */
export function bareCheckSentence(matrix: Matrix): string | null {
	const found = bareDifferences(matrix);
	const [lead] = found;
	if (lead === undefined) return null;
	const apart = found.filter(({ real }) => real);
	return apart.length === 0
		? `Bare again is bare a second time: ${differenceText(lead)}, as equal as it should be.`
		: `Bare again is bare a second time, and yet they differ: ${apart.map(differenceText).join("; ")}. Effects of this size may be that.`;
}

const differenceText = ({ metric, change, low, high }: BareDifference): string =>
	`${layerMetricLabel(metric)} ${percent(change)} [${percent(low)} … ${percent(high)}]`;

function percent(share: number): string {
	const digits = (Math.abs(share) * 100).toFixed(1);
	return `${digits === "0.0" ? "" : share < 0 ? "−" : "+"}${digits} %`;
}
