import type { Round } from "#src/analyse/comparison/process-set.js";
import { mean, standardDeviation } from "#src/analyse/comparison/robust.js";
import { cpuPerRequest } from "#src/analyse/comparison/set-changes.js";

/** Fewer rounds in a half say too little. */
const FEWEST_IN_HALF = 4;
/** In logs, against the others: what falls by less from one half to the other has little to lose. */
const FALLS = 0.05;
/** By itself: so far from being compiled, the others may be as well, and no ratio is what it will be. */
const FALLS_FAR = 0.5;
const STANDARD_ERRORS = 3;
/** Of a fall against the others, so much must be its own; else they got dearer. */
const OWN_PART = 0.8;

/**
 * Whether a variant still got cheaper while it was measured: CPU per request of its first rounds against its last ones, in itself or
 * held against the other variants of the same rounds, as what a machine does to all of them is no matter. Null where so few rounds
 * cannot tell, or CPU is not known.
 */
export function fellWhileMeasured(rounds: readonly Pick<Round, "slices">[], variant: number): boolean | null {
	const whole = wholeRounds(rounds);
	const own = whole.map((costs) => costs[variant] as number);
	const itself = fallOf(own);
	if (itself === null) return null;
	if (itself.fell > FALLS_FAR && itself.isClear) return true;
	if (whole[0]?.length === 1) return false;
	const against = fallOf(
		whole.map((costs, round) => (own[round] as number) - mean(costs.filter((_, index) => index !== variant))),
	);
	return against?.isClear === true && against.fell > FALLS && itself.fell > OWN_PART * against.fell;
}

/** The same of a process that all variants are: by itself alone, as there is no other one of these rounds. */
export function processFell(rounds: readonly Pick<Round, "slices">[]): boolean | null {
	const together = fallOf(wholeRounds(rounds).map(mean));
	return together === null ? null : together.fell > FALLS_FAR && together.isClear;
}

/** Logs of CPU per request, of rounds in which that of all is known. */
const wholeRounds = (rounds: readonly Pick<Round, "slices">[]): number[][] =>
	rounds.flatMap(({ slices }) => {
		const costs = slices.flatMap((slice) => cpuPerRequest(slice) || []);
		return costs.length === slices.length ? [costs.map(Math.log)] : [];
	});

function fallOf(costs: readonly number[]): { readonly fell: number; readonly isClear: boolean } | null {
	const half = Math.floor(costs.length / 2);
	if (half < FEWEST_IN_HALF) return null;
	const [first, last] = [costs.slice(0, half), costs.slice(-half)];
	const error = Math.hypot(standardDeviation(first), standardDeviation(last)) / Math.sqrt(half);
	const fell = mean(first) - mean(last);
	return { fell, isClear: fell > STANDARD_ERRORS * error };
}
