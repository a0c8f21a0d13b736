import { isShare, type MetricName } from "#src/model/metric-names.js";
import { type CpuRounds, contrastOf, type PairedSet } from "./paired-set.js";
import { mean } from "./robust.js";
import { figureOf } from "./set-changes.js";

/** What both sides cost, by the same estimator as the change between them. */
export interface Levels {
	readonly base: number | null;
	readonly head: number | null;
}

/**
 * Where base and head lie, so that head / base − 1 is exactly the change that was estimated (shares: head − base): the middle
 * between them is the mean over sets of the mean of both sides' logs (shares: themselves), and they stand half of the estimated contrast to
 * either side of it. Totals over all slices are other figures: they weigh each set by its requests, and what a few sets had in their
 * tails is all of it. Only sets in which the metric has a contrast count, as for the change.
 */
export function levelsOf(
	metric: MetricName,
	estimate: number | null,
	sets: readonly PairedSet[],
	cpu: CpuRounds,
): Levels {
	const middles = sets.flatMap((set) => {
		const [base, head] = [figureOf(set.base, metric), figureOf(set.head, metric)];
		if (contrastOf(set, metric, cpu) === null || base === null || head === null) return [];
		return [isShare(metric) ? (base + head) / 2 : (Math.log(base) + Math.log(head)) / 2];
	});
	if (estimate === null || middles.length === 0) return { base: null, head: null };
	const middle = mean(middles);
	const [base, head] = [middle - estimate / 2, middle + estimate / 2];
	// A share that is none may be off by its last digit.
	return isShare(metric)
		? { base: Math.max(0, base), head: Math.max(0, head) }
		: { base: Math.exp(base), head: Math.exp(head) };
}
