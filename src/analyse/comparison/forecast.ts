import { studentQuantile } from "#src/analyse/statistics/distributions.js";
import { criticalT } from "./critical-t.js";

const POWER = 0.8;
/** A decision that would need more sets than this is not forecast. */
const MOST_SETS = 10_000;

/**
 * The smallest change (of logs) that so many process sets find with a probability of 80 %, from the standard deviation between
 * sets: (t at the nominal level + t at the power) · sd / √n (Jennison and Turnbull 2000, 2.5, with Student's t). Null for fewer than
 * two sets or without spread.
 */
export function detectableChange(sd: number, sets: number, level: number): number | null {
	if (sets < 2 || !(sd > 0)) return null;
	return ((criticalT(level, sets) + studentQuantile(POWER, sets - 1)) * sd) / Math.sqrt(sets);
}

/**
 * How many sets it takes until there is a decision, if estimate and spread stay as they are: until the interval leaves zero where the
 * estimate reaches the margin, until it fits between the margins elsewhere. Null where that is out of sight.
 * @param critical values of Student's t by number of sets, for either decision
 */
export function setsToDecide(
	estimate: number,
	sd: number,
	margin: number,
	critical: { readonly difference: (sets: number) => number; readonly noChange: (sets: number) => number },
): number | null {
	const size = Math.abs(estimate);
	const [room, of] = size >= margin ? [size, critical.difference] : [margin - size, critical.noChange];
	if (!(room > 0)) return null;
	for (let sets = 2; sets <= MOST_SETS; sets = Math.ceil(sets * 1.05) + 1) {
		if ((of(sets) * sd) / Math.sqrt(sets) < room) return sets;
	}
	return null;
}
