import type { ControlDifference, Matrix } from "#src/model/matrix.js";
import { layerMetricLabel } from "#src/report/figures/layer.js";

/** What the control says, which is bare once more; null where a design has none or too few sets have both. */
export function bareCheckSentence({ controlDifferences }: Matrix): string | null {
	const [lead] = controlDifferences;
	if (lead === undefined) return null;
	const apart = controlDifferences.filter(({ real }) => real);
	return apart.length === 0
		? `The control is the same as bare and differs from it by ${differenceText(lead)}, which is within noise.`
		: `The control is the same as bare and yet differs from it: ${apart.map(differenceText).join("; ")}. Effects of this size may be that.`;
}

const differenceText = ({ metric, change, low, high }: ControlDifference): string =>
	`${layerMetricLabel(metric)} ${percent(change)} [${percent(low)} … ${percent(high)}]`;

function percent(share: number): string {
	const digits = (Math.abs(share) * 100).toFixed(1);
	return `${digits === "0.0" ? "" : share < 0 ? "−" : "+"}${digits} %`;
}
