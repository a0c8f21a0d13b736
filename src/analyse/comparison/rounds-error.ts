import type { PairedSet } from "./paired-set.js";
import { mean, trimmedError } from "./robust.js";

/** So few rounds have no spread to speak of. */
const FEWEST_ROUNDS = 8;

/**
 * How uncertain the CPU of a set is by its rounds alone, in logs: the root mean square over sets of the error of the trimmed mean. Null
 * where no set has enough of them.
 */
export function errorOfRounds(sets: readonly Pick<PairedSet, "rounds">[]): number | null {
	const errors = sets.flatMap(({ rounds }) => (rounds.length < FEWEST_ROUNDS ? [] : [trimmedError(rounds).error]));
	return errors.length === 0 ? null : Math.sqrt(mean(errors.map((error) => error ** 2)));
}
