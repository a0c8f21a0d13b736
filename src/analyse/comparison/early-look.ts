import type { StartSpread } from "#src/model/comparison.js";
import { criticalT } from "./critical-t.js";
import type { PairedSet } from "./paired-set.js";
import { mean, standardDeviation } from "./robust.js";
import { errorOfRounds } from "./rounds-error.js";

/**
 * Large is told at once. Before the first look the spread between sets is hardly known, and all processes of a side may be of one
 * kind; but what starts of the same code can differ by is bounded. So the interval of an early look is that of a moderated t (Smyth
 * 2004, Statistical Applications in Genetics 3: the spread of few replicates, mixed with one known beforehand), made wider on either
 * side by what two kinds of processes differ by.
 */
export interface EarlyInterval {
	readonly low: number;
	readonly high: number;
	/** The smallest change that as many sets tell 8 times out of 10. */
	readonly detectable: number;
}

/** Of all that may be spent on false claims, the part of the early looks. */
export const EARLY_SHARE = 0.2;
/** With one set nothing is known of what the next would say. */
export const FEWEST_SETS = 2;
/** How many observations what is known beforehand counts for. */
const PRIOR_DEGREES = 6;
const POWER = 0.8;

/** How many early looks there are at most before the first ordinary one: at sets as they come, and at those that were warm. */
export const earlyLooks = (firstLook: number): number => 2 * Math.max(0, firstLook - FEWEST_SETS);

/**
 * @param level of this look, two-sided
 * @param unrest how many times the spread that is known beforehand the machine shows at the moment, at least 1
 */
export function earlyInterval(
	values: readonly number[],
	{ kinds, sd }: StartSpread,
	level: number,
	unrest: number,
): EarlyInterval | null {
	if (values.length < FEWEST_SETS || !(level > 0)) return null;
	const own = values.length - 1;
	const degrees = PRIOR_DEGREES + own;
	const spread = Math.sqrt((PRIOR_DEGREES * (unrest * sd) ** 2 + own * standardDeviation(values) ** 2) / degrees);
	const error = spread / Math.sqrt(values.length);
	const half = kinds + criticalT(level, degrees + 1) * error;
	const estimate = mean(values);
	return {
		low: estimate - half,
		high: estimate + half,
		detectable: half + criticalT(2 * (1 - POWER), degrees + 1) * error,
	};
}

/** Whether every set by itself shows more than two kinds of processes differ by, all in one direction. */
export const allBeyondKinds = (values: readonly number[], { kinds }: Pick<StartSpread, "kinds">): boolean =>
	values.every((value) => value > kinds) || values.every((value) => value < -kinds);

/**
 * How many times what is known of CPU beforehand its rounds alone already make a set uncertain by, at least 1: on a machine that is
 * so restless, all that is known of quieter hours is too small.
 */
export const unrestOf = (sets: readonly Pick<PairedSet, "rounds">[], { sd }: Pick<StartSpread, "sd">): number =>
	Math.max(1, (errorOfRounds(sets) ?? 0) / sd);
