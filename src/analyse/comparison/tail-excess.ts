import { highestValueOf } from "#src/analyse/latency/buckets.js";
import { type LatencyHistogram, valueAtQuantile } from "#src/analyse/latency/histogram.js";
import type { TailExcess } from "#src/model/comparison.js";

/** Of the slower side's median; below, it is no tail. */
const TAIL_FROM = 5;
/** Answers that must be so slow on the slower side, and how many standard errors their share must be beyond the other's. */
const FEWEST_SLOW = 8;
const STANDARD_ERRORS = 4;

/**
 * Which share of the requests is slower on one side, and by how much: of all thresholds the one beyond which the two sides differ by
 * most time, the difference of the shares beyond it times the threshold. Null where no tail differs clearly: that is a description of
 * what a verdict of a tail metric has told, no test of its own.
 *
 * @param base answers of both sides with light load, over all sets
 */
export function tailExcess(base: LatencyHistogram, head: LatencyHistogram): TailExcess | null {
	if (base.totalCount === 0 || head.totalCount === 0) return null;
	const [more, less] = [excessOf(base, head), excessOf(head, base)];
	const found = [
		more === null ? [] : [{ slower: "head" as const, ...more }],
		less === null ? [] : [{ slower: "base" as const, ...less }],
	].flat();
	return found.toSorted((a, b) => b.share * b.ns - a.share * a.ns)[0] ?? null;
}

/** By how much `slower` has more in its tail. */
function excessOf(other: LatencyHistogram, slower: LatencyHistogram): Omit<TailExcess, "slower"> | null {
	const fromNs = TAIL_FROM * (valueAtQuantile(slower, 0.5) ?? 0);
	let best: { readonly share: number; readonly ns: number } | null = null;
	let beyond = 0;
	let ofOther = other.buckets.length;
	let beyondOther = 0;
	for (let i = slower.buckets.length - 1; i >= 0; i--) {
		const bucket = slower.buckets[i] as number;
		const ns = highestValueOf(bucket);
		if (ns < fromNs) break;
		beyond += slower.counts[i] as number;
		while (ofOther > 0 && (other.buckets[ofOther - 1] as number) >= bucket) {
			beyondOther += other.counts[--ofOther] as number;
		}
		const share = beyond / slower.totalCount - beyondOther / other.totalCount;
		const error = Math.hypot(Math.sqrt(beyond) / slower.totalCount, Math.sqrt(beyondOther) / other.totalCount);
		if (beyond < FEWEST_SLOW || share < STANDARD_ERRORS * error) continue;
		if (best === null || share * ns > best.share * best.ns) best = { share, ns };
	}
	return best;
}
