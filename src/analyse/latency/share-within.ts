import { ratioOf } from "#src/analyse/statistics/ratio.js";
import type { ShareWithin } from "#src/model/latency.js";
import { bucketOf } from "./buckets.js";
import { countUpTo, type LatencyHistogram } from "./histogram.js";

/**
 * The share of latencies up to a bound, with the interval of a ratio over blocks in order of time, because neighbours share
 * their stalls. The buckets of a histogram blur the bound by 0.1 % at most. Where all or none are within, the blocks show no
 * spread, and the interval is that of independent samples (Clopper and Pearson 1934: 0.025^(1/n)).
 */
export function shareWithin(blocks: readonly LatencyHistogram[], boundNs: number): ShareWithin | null {
	const bucket = bucketOf(Math.floor(boundNs));
	const counts = blocks
		.filter(({ totalCount }) => totalCount > 0)
		.map((block) => ({ numerator: countUpTo(block, bucket), denominator: block.totalCount }));
	const samples = counts.reduce((sum, { denominator }) => sum + denominator, 0);
	const within = counts.reduce((sum, { numerator }) => sum + numerator, 0);
	if (samples === 0) return null;
	const share = within / samples;
	const extreme = 0.025 ** (1 / samples);
	if (within === samples) return { boundNs, share, low: extreme, high: 1, samples };
	if (within === 0) return { boundNs, share, low: 0, high: 1 - extreme, samples };
	const ratio = ratioOf(counts);
	const clamp = (value: number | null | undefined): number | null =>
		value == null ? null : Math.min(1, Math.max(0, value));
	return { boundNs, share, low: clamp(ratio?.low), high: clamp(ratio?.high), samples };
}
