import { mergeHistograms } from "#src/analyse/latency/histogram.js";
import type { MetricName } from "#src/model/comparison.js";
import type { ProcessSet } from "./process-set.js";
import { evidenceOf, quantileOf } from "./set-changes.js";

/**
 * The metrics of one variant over all sets: CPU time and bytes by request, quantiles of all its answers together, the share of failed
 * attempts. Null where that could not be measured, or where there are too few answers for a quantile.
 */
export function overSets(sets: readonly ProcessSet[], variant: number): Readonly<Record<MetricName, number | null>> {
	const evidence = sets.map((set) => evidenceOf(set, variant));
	const total = (figure: (each: (typeof evidence)[number]) => number): number =>
		evidence.reduce((sum, each) => sum + figure(each), 0);
	const latency = mergeHistograms(evidence.map((each) => each.latency));
	return {
		cpu: ratio(
			total((each) => each.cpuNs),
			total((each) => each.cpuRequests),
		),
		alloc: ratio(
			total(({ allocation }) => allocation?.allocatedBytes ?? 0),
			total(({ allocation }) => allocation?.requests ?? 0),
		),
		p50: quantileOf(latency, 0.5),
		p99: quantileOf(latency, 0.99),
		"p99.9": quantileOf(latency, 0.999),
		errors: ratio(
			total(({ side }) => side.errors),
			attemptsOf(sets, variant),
		),
	};
}

/** Whole answers and failed attempts of one variant over all sets. */
export const attemptsOf = (sets: readonly ProcessSet[], variant: number): number =>
	sets.reduce((sum, set) => {
		const { requests, errors } = evidenceOf(set, variant).side;
		return sum + requests + errors;
	}, 0);

const ratio = (amount: number, count: number): number | null => (count === 0 ? null : amount / count);
