import type { LayerEffect, LayerMetric } from "#src/model/matrix.js";

export interface Disagreement {
	readonly factor: string;
	readonly metric: LayerMetric;
	readonly one: LayerEffect;
	readonly other: LayerEffect;
	/** The other minus the one, as a share of bare. */
	readonly difference: number;
}

/**
 * Factors for which two ways of measuring differ by more than their intervals: the difference is larger than the root
 * of the sum of both squared half-widths, which is its own interval as the two were measured independently (the
 * intervals may still overlap). Shares of bare are compared, because the machine need not have been equally fast.
 * Without intervals nothing disagrees.
 */
export function disagreements(ones: readonly LayerEffect[], others: readonly LayerEffect[]): Disagreement[] {
	return ones.flatMap((one) => {
		const other = others.find(({ factor, metric }) => factor === one.factor && metric === one.metric);
		if (other === undefined) return [];
		const [mine, theirs] = [halfWidth(one), halfWidth(other)];
		if (mine === null || theirs === null) return [];
		const difference = other.share - one.share;
		if (Math.abs(difference) <= Math.hypot(mine, theirs)) return [];
		return [{ factor: one.factor, metric: one.metric, one, other, difference }];
	});
}

/**
 * As a share of bare. An effect of exactly nothing does not say what bare is; its interval is then as wide as nothing.
 */
function halfWidth({ change, share, low, high }: LayerEffect): number | null {
	if (low === null || high === null) return null;
	return change === 0 ? 0 : ((high - low) / 2) * (share / change);
}
