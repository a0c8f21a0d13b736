import jstat from "jstat";
import { bucketAtQuantile, countUpTo, type LatencyHistogram, mergeHistograms, valueAtQuantile } from "./histogram.js";

/** A percentile of one window; the interval says how far it could be off because only so many requests were seen. */
export interface PercentileEstimate {
	/** 0…1 */
	readonly quantile: number;
	readonly valueNs: number;
	/** 95 % confidence interval; both null where there are too few samples for one. */
	readonly lowNs: number | null;
	readonly highNs: number | null;
}

export const REPORTED_QUANTILES = [0.5, 0.9, 0.95, 0.99, 0.999] as const;

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
 * the standard error comes from the blocks: the ratio estimator over clusters (Cochran, Sampling Techniques, 6.3), whose
 * sizes may differ. Disturbances longer than a block make blocks alike; therefore the same is computed with `blocksPerGroup`
 * neighbouring blocks put together, and the wider interval counts. Never less than independent samples would give.
 *
 * Empty without samples. The interval is null below smallestSampleFor(q), with fewer than two blocks that hold samples, or
 * when q ± t · se leaves the range that samples can tell about.
 */
export function estimatePercentiles(
	blocks: readonly LatencyHistogram[],
	quantiles: readonly number[] = REPORTED_QUANTILES,
	blocksPerGroup = 4,
): PercentileEstimate[] {
	const merged = mergeHistograms(blocks);
	return quantiles.flatMap((quantile) => {
		const valueNs = valueAtQuantile(merged, quantile);
		if (valueNs === null) return [];
		const margin = marginOfShare(merged, blocks, quantile, blocksPerGroup);
		const enough = merged.totalCount >= smallestSampleFor(quantile);
		const inside = margin !== null && quantile - margin >= 0 && quantile + margin <= 1;
		const lowNs = enough && inside ? valueAtQuantile(merged, quantile - margin) : null;
		const highNs = enough && inside ? valueAtQuantile(merged, quantile + margin) : null;
		return [{ quantile, valueNs, lowNs, highNs }];
	});
}

/** t · se of the share of samples up to the quantile's bucket; null where blocks cannot tell. */
function marginOfShare(
	merged: LatencyHistogram,
	blocks: readonly LatencyHistogram[],
	quantile: number,
	blocksPerGroup: number,
): number | null {
	const bucket = bucketAtQuantile(merged, quantile);
	if (bucket === null) return null;
	const counted = blocks
		.filter((block) => block.totalCount > 0)
		.map((block): BlockShare => ({ total: block.totalCount, below: countUpTo(block, bucket) }));
	const single = clusterMargin(counted, quantile);
	if (single === null) return null;
	return Math.max(single, clusterMargin(grouped(counted, blocksPerGroup), quantile) ?? 0);
}

interface BlockShare {
	readonly total: number;
	readonly below: number;
}

/** Fewer groups would tell the variance so badly that t makes the interval useless. */
const FEWEST_GROUPS = 5;

function grouped(blocks: readonly BlockShare[], size: number): BlockShare[] {
	const groups: BlockShare[] = [];
	for (let at = 0; at + size <= blocks.length; at += size) {
		const group = blocks.slice(at, at + size);
		groups.push({
			total: group.reduce((sum, block) => sum + block.total, 0),
			below: group.reduce((sum, block) => sum + block.below, 0),
		});
	}
	return groups.length < FEWEST_GROUPS ? [] : groups;
}

function clusterMargin(clusters: readonly BlockShare[], quantile: number): number | null {
	const size = clusters.length;
	if (size < 2) return null;
	const total = clusters.reduce((sum, cluster) => sum + cluster.total, 0);
	const share = clusters.reduce((sum, cluster) => sum + cluster.below, 0) / total;
	const squares = clusters.reduce((sum, { below, total: n }) => sum + (below - share * n) ** 2, 0);
	const betweenClusters = ((size / (size - 1)) * squares) / total ** 2;
	const independent = (quantile * (1 - quantile)) / total;
	const t = jstat.jStat.studentt.inv((1 + CONFIDENCE) / 2, size - 1);
	return t * Math.sqrt(Math.max(betweenClusters, independent));
}
