import type { CostDifference } from "#src/analyse/call-tree/difference.js";

/** Classes of differences.css: red where head is slower, blue where it is faster, five strengths of each. */
const thresholds = [0.8, 0.5, 0.25, 0.1, 0];

/** Grey where the difference is not clear of sampling noise. `largest` is what has the strongest colour. */
export function differenceClass({ difference, clear }: CostDifference, largest: number): string {
	if (!clear || largest === 0) return UNCLEAR;
	const share = Math.abs(difference) / largest;
	const strength = 5 - thresholds.findIndex((each) => share >= each);
	return `${difference > 0 ? "slower" : "faster"}-${strength}`;
}

export const UNCLEAR = "unclear";

/** The side that something was seen on alone; null where both or neither have it. */
export const onlySide = ({ baseTicks, headTicks }: CostDifference): "base" | "head" | null =>
	baseTicks === 0 && headTicks > 0 ? "head" : headTicks === 0 && baseTicks > 0 ? "base" : null;

export const sideMarks = { base: "⊖", head: "⊕" } as const;
