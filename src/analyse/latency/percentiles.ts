import { studentQuantile } from "#src/analyse/statistics/distributions.js";
import { highestValueOf } from "./buckets.js";
import { bucketAtQuantile, countUpTo, type LatencyHistogram, mergeHistograms, valueAtQuantile } from "./histogram.js";
import { REPORTED_QUANTILES } from "./reported-quantiles.js";

/** A percentile of one window; the interval says how far it could be off because only so many requests were seen. */
export interface PercentileEstimate {
	/** 0…1 */
	readonly quantile: number;
	readonly valueNs: number;
	/** 95 % confidence interval; both null where there are too few samples for one. */
	readonly lowNs: number | null;
	readonly highNs: number | null;
}

const CONFIDENCE = 0.95;

/**
 * The smallest sample for which any order statistics enclose the quantile with 95 % confidence: the whole sample must
 * miss it on one side with at most 2.5 %, max(q, 1 − q)^n ≤ 0.025. 6 for the median, 36 for p90, 72 for p95, 368 for p99,
 * 3,688 for p99.9.
 */
export function smallestSampleFor(quantile: number): number {
	return Math.ceil(Math.log((1 - CONFIDENCE) / 2) / Math.log(Math.max(quantile, 1 - quantile)));
}

/**
 * Percentiles of all blocks together, each with its 95 % interval after Woodruff (1952), "Confidence intervals for medians
 * and other position measures", JASA 47: the quantile is estimated, the standard error of the share of samples up to it
 * is computed, and the interval is read off the distribution at q ± t · se.
 *
 * Neighbouring requests of a closed loop are not independent (they share a stall, a garbage collection, a slow stretch), so
 * the standard error comes from the blocks, which are given in order of time: the ratio estimator over clusters (Cochran,
 * Sampling Techniques, 6.3), whose sizes may differ, plus what neighbouring blocks have in common (Newey and West 1987,
 * Econometrica 55, with Bartlett weights over three lags). Never less than independent samples would give.
 *
 * No figure is above `maxNs`, the largest sample where that is known.
 *
 * Empty without samples. The interval is null below smallestSampleFor(q), with fewer than two blocks that hold samples, or
 * when q ± t · se leaves 0…1.
 */
export function estimatePercentiles(
	blocks: readonly LatencyHistogram[],
	quantiles: readonly number[] = REPORTED_QUANTILES,
	maxNs: number | null = null,
): PercentileEstimate[] {
	// A bucket's upper end may lie above the largest value that is in it.
	const atMost = (value: number): number => (maxNs === null ? value : Math.min(value, maxNs));
	const merged = mergeHistograms(blocks);
	return quantiles.flatMap((quantile) => {
		const bucket = bucketAtQuantile(merged, quantile);
		if (bucket === null) return [];
		const margin = marginOfShare(blocks, bucket, quantile);
		const enough = merged.totalCount >= smallestSampleFor(quantile);
		const inside = margin !== null && quantile - margin >= 0 && quantile + margin <= 1;
		const lowNs = enough && inside ? valueAtQuantile(merged, quantile - margin) : null;
		const highNs = enough && inside ? valueAtQuantile(merged, quantile + margin) : null;
		return [
			{
				quantile,
				valueNs: atMost(highestValueOf(bucket)),
				lowNs: lowNs === null ? null : atMost(lowNs),
				highNs: highNs === null ? null : atMost(highNs),
			},
		];
	});
}

const LAGS = 3;

/** t · se of the share of samples up to a bucket; null where blocks cannot tell. */
function marginOfShare(blocks: readonly LatencyHistogram[], bucket: number, quantile: number): number | null {
	const counted = blocks
		.filter((block) => block.totalCount > 0)
		.map((block) => ({ total: block.totalCount, below: countUpTo(block, bucket) }));
	const size = counted.length;
	if (size < 2) return null;
	const total = counted.reduce((sum, block) => sum + block.total, 0);
	const share = counted.reduce((sum, block) => sum + block.below, 0) / total;
	const residuals = counted.map((block) => block.below - share * block.total);
	const scale = size / (size - 1) / total ** 2;
	const betweenBlocks = scale * productsAtLag(residuals, 0);
	let withNeighbours = betweenBlocks;
	for (let lag = 1; lag <= LAGS; lag++) {
		withNeighbours += 2 * (1 - lag / (LAGS + 1)) * scale * productsAtLag(residuals, lag);
	}
	const independent = (quantile * (1 - quantile)) / total;
	const t = studentQuantile((1 + CONFIDENCE) / 2, size - 1);
	return t * Math.sqrt(Math.max(betweenBlocks, withNeighbours, independent));
}

function productsAtLag(residuals: readonly number[], distance: number): number {
	let sum = 0;
	for (let i = distance; i < residuals.length; i++) sum += (residuals[i] ?? 0) * (residuals[i - distance] ?? 0);
	return sum;
}
