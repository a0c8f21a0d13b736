import type { LayerEffect, OtherWay } from "#src/model/matrix.js";

type Disagreement = OtherWay["disagreements"][number];

/** Effects by another way of measuring, with where they differ from those by the first. */
export const otherWay = (first: readonly LayerEffect[], other: readonly LayerEffect[]): OtherWay => ({
	effects: other,
	disagreements: disagreements(first, other),
});

/**
 * Factors for which two ways of measuring differ by more than their intervals: the difference is larger than the root
 * of the sum of both squared half-widths, which is its own interval as the two were measured independently (the
 * intervals may still overlap). Shares of bare are compared, because the machine need not have been equally fast.
 * Without intervals nothing disagrees.
 */
export function disagreements(first: readonly LayerEffect[], other: readonly LayerEffect[]): Disagreement[] {
	return first.flatMap((one) => {
		const { factor, metric } = one;
		const another = other.find((each) => each.factor === factor && each.metric === metric);
		if (another === undefined) return [];
		const [mine, theirs] = [halfWidth(one), halfWidth(another)];
		if (mine === null || theirs === null) return [];
		const difference = another.share - one.share;
		return Math.abs(difference) <= Math.hypot(mine, theirs) ? [] : [{ factor, metric, difference }];
	});
}

/**
 * As a share of bare. An effect of exactly nothing does not say what bare is; its interval is then as wide as nothing.
 */
function halfWidth({ change, share, low, high }: LayerEffect): number | null {
	if (low === null || high === null) return null;
	return change === 0 ? 0 : ((high - low) / 2) * (share / change);
}
