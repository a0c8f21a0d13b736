import { highestValueOf } from "./buckets.js";

/** Latencies in nanoseconds, counted by HDR bucket: only buckets that hold something, in ascending order. */
export interface LatencyHistogram {
	/** Bucket numbers of latency-buckets.ts. */
	readonly buckets: Uint32Array;
	/** How many values each of them holds. */
	readonly counts: Float64Array;
	readonly totalCount: number;
}

export const EMPTY_HISTOGRAM: LatencyHistogram = {
	buckets: new Uint32Array(0),
	counts: new Float64Array(0),
	totalCount: 0,
};

/** Wide enough for every duration that a run can hold (about 73 minutes); longer ones count as this. */
export const HIGHEST_NS: number = 2 ** 42 - 1;

/** From pairs bucket, count, bucket, count, … in ascending order of bucket, as the generator sends them. */
export function histogramFromPairs(pairs: Uint32Array): LatencyHistogram {
	const size = pairs.length / 2;
	const buckets = new Uint32Array(size);
	const counts = new Float64Array(size);
	let totalCount = 0;
	for (let i = 0; i < size; i++) {
		const count = pairs[2 * i + 1] as number;
		buckets[i] = pairs[2 * i] as number;
		counts[i] = count;
		totalCount += count;
	}
	return { buckets, counts, totalCount };
}

/** All values of all histograms in one. Percentiles are read from a merged histogram and never averaged. */
export function mergeHistograms(parts: readonly LatencyHistogram[]): LatencyHistogram {
	const filled = parts.filter(({ buckets }) => buckets.length > 0);
	if (filled.length === 0) return EMPTY_HISTOGRAM;
	const lowest = filled.reduce((min, { buckets }) => Math.min(min, buckets[0] as number), Number.POSITIVE_INFINITY);
	const highest = filled.reduce((max, { buckets }) => Math.max(max, buckets.at(-1) as number), 0);
	// Comparisons merge again and again: an iterator, or a table of the buckets below all values, would take most of their time.
	const table = new Float64Array(highest - lowest + 1);
	for (const { buckets, counts } of filled) {
		for (let i = 0; i < buckets.length; i++) {
			const at = (buckets[i] as number) - lowest;
			table[at] = (table[at] as number) + (counts[i] as number);
		}
	}
	const counts = table.filter((count) => count !== 0);
	const buckets = new Uint32Array(counts.length);
	for (let at = 0, next = 0; next < buckets.length; at++) if (table[at] !== 0) buckets[next++] = at + lowest;
	return { buckets, counts, totalCount: counts.reduce((sum, count) => sum + count, 0) };
}

/**
 * The smallest recorded value below or at which a share `quantile` of all values lies, as HdrHistogram reports it: the
 * highest value of its bucket, at most 0.1 % above the true one. Null without values. `quantile` is clamped to 0…1.
 */
export function valueAtQuantile(histogram: LatencyHistogram, quantile: number): number | null {
	const bucket = bucketAtQuantile(histogram, quantile);
	return bucket === null ? null : highestValueOf(bucket);
}

/** The bucket that `valueAtQuantile` falls into. */
export function bucketAtQuantile(histogram: LatencyHistogram, quantile: number): number | null {
	const { buckets, counts, totalCount } = histogram;
	// A product like 0.95 × 100 may come out one rounding above the whole number that is meant.
	const wanted = Math.max(1, Math.min(totalCount, Math.ceil(quantile * totalCount - 1e-9 * totalCount)));
	let seen = 0;
	for (let i = 0; i < buckets.length; i++) {
		seen += counts[i] as number;
		if (seen >= wanted) return buckets[i] as number;
	}
	return null;
}

/** How many values lie in this bucket or below it. */
export function countUpTo(histogram: LatencyHistogram, bucket: number): number {
	const { buckets, counts } = histogram;
	let seen = 0;
	for (let i = 0; i < buckets.length && (buckets[i] as number) <= bucket; i++) seen += counts[i] as number;
	return seen;
}
