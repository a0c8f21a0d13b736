import { criticalT } from "./critical-t.js";
import type { PairedSet } from "./paired-set.js";
import { mean, standardDeviation } from "./robust.js";

/**
 * A trimmed mean over rounds leaves out what happens in few of them. That is meant for the machine's doing, which hits both sides
 * alike, but it leaves out the work of a timer or a batch as well. Where the rounds left out differ between the sides, it is theirs.
 */

/** Sets that it takes to say so, as many as for a verdict. */
const FEWEST_SETS = 6;
const LEVEL = 0.01;
/** As a log ratio; less than this is no matter for the figure. */
const SMALLEST = 0.005;

/** Whether rounds that the trimmed mean leaves out hold a part of the difference in CPU; each set is one observation. */
export function fewRoundsDiffer(sets: readonly PairedSet[]): boolean {
	const leftOut = sets.flatMap(({ contrasts, allRoundsCpu }) =>
		allRoundsCpu === null || contrasts.cpu === null ? [] : [allRoundsCpu - contrasts.cpu],
	);
	if (leftOut.length < FEWEST_SETS) return false;
	const error = standardDeviation(leftOut) / Math.sqrt(leftOut.length);
	const estimate = Math.abs(mean(leftOut));
	return estimate > SMALLEST && estimate > criticalT(LEVEL, leftOut.length) * error;
}
