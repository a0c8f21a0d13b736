import type { ComparedSet, SideOfSet } from "#src/model/comparison.js";
import { byMetric, isShare, type MetricName } from "#src/model/metric-names.js";
import type { ProcessSet } from "./process-set.js";
import { mean } from "./robust.js";
import { type Contrasts, contrastsOfSet, cpuContrast, roundContrasts, sidesOfSet } from "./set-changes.js";

/** Which two variants of the sets are compared. */
export interface Pair {
	readonly base: number;
	readonly head: number;
}

/**
 * Two variants of one process set, held against each other: computed once, when the set is whole, and read by the verdict, the running
 * interval and the record.
 */
export interface PairedSet extends Pick<ProcessSet, "endedAtMs" | "startOrder" | "warmupRequests"> {
	/** Sides that were not warm. Then there are no contrasts of what depends on it. */
	readonly cold: readonly ("base" | "head")[];
	readonly base: SideOfSet;
	readonly head: SideOfSet;
	/** CPU is that of typical rounds. */
	readonly contrasts: Contrasts;
	/** The same of a set that was not warm as well. */
	readonly contrastsAsMeasured: Contrasts;
	/** The contrast of CPU over all rounds; null where it is unknown. */
	readonly allRoundsCpu: number | null;
	/** The log ratio of CPU per request in each round in which both answered. */
	readonly rounds: readonly number[];
	readonly failures: { readonly base: SliceFailures; readonly head: SliceFailures };
}

/** How many slices had an attempt, and the mean of their shares of failed requests. */
export interface SliceFailures {
	readonly slices: number;
	readonly share: number;
}

export const pairedSet = (set: ProcessSet, { base, head }: Pair): PairedSet => {
	const sides = sidesOfSet(set, [base, head]) as [SideOfSet, SideOfSet];
	const variants = { base, head };
	const cold = (["base", "head"] as const).filter((side) => set.cold?.includes(variants[side]) === true);
	const contrasts = contrastsOfSet(set, base, head, undefined, sides);
	return {
		endedAtMs: set.endedAtMs,
		startOrder: set.startOrder,
		warmupRequests: set.warmupRequests,
		cold,
		base: sides[0],
		head: sides[1],
		contrasts: cold.length === 0 ? contrasts : whereverWarm(contrasts),
		contrastsAsMeasured: contrasts,
		allRoundsCpu: cold.length === 0 ? cpuContrast(set, base, head, "totals") : null,
		rounds: roundContrasts(set, base, head),
		failures: { base: failuresOf(set, base), head: failuresOf(set, head) },
	};
};

/** Code that is not compiled yet fails no more often; all else may be another figure a second later. */
const whereverWarm = ({ errors }: Contrasts): Contrasts => ({
	...byMetric(() => null),
	errors,
});

function failuresOf({ rounds }: ProcessSet, variant: number): SliceFailures {
	const all = rounds.flatMap(({ slices, light }) => [slices[variant], light?.[variant]]);
	const shares = all.flatMap((slice) => {
		const { requests, errors } = slice ?? { requests: 0, errors: 0 };
		return requests + errors === 0 ? [] : [errors / (requests + errors)];
	});
	return { slices: shares.length, share: shares.length === 0 ? 0 : mean(shares) };
}

/** Which rounds the contrast of CPU is of. */
export type CpuRounds = "typical" | "all";

export const contrastOf = (set: PairedSet, metric: MetricName, cpu: CpuRounds): number | null =>
	metric === "cpu" && cpu === "all" ? set.allRoundsCpu : set.contrasts[metric];

/** On the scale of the record: relative, of shares a difference. */
export const changeOf = <T extends number | null>(metric: MetricName, contrast: T): T =>
	contrast === null || isShare(metric) ? contrast : (Math.expm1(contrast) as T);

/** A set as the record keeps it. */
export const comparedSet = (set: PairedSet, cpu: CpuRounds): ComparedSet => {
	const { endedAtMs, startOrder, warmupRequests, cold, base, head, rounds } = set;
	return {
		endedAtMs,
		startOrder,
		warmupRequests,
		cold,
		base,
		head,
		changes: byMetric((metric) => changeOf(metric, contrastOf(set, metric, cpu))),
		roundChanges: rounds.map(Math.expm1),
	};
};
