/** Up to so many observations every pattern of signs is tried. */
const EXACT_UP_TO = 14;
const DRAWS = 9_999;

/**
 * The two-sided p of the sign-flip test: how often a sum as far from zero arises when the sign of every observation is left to
 * chance (Fisher 1935; Good 2005, Permutation tests, 3.2). It assumes no distribution, only that, with no difference, a set could as
 * well have come out the other way round. Exact up to 14 observations, by random draws above. 1 without observations.
 */
export function signFlipP(values: readonly number[], random: () => number): number {
	const observed = Math.abs(values.reduce((sum, value) => sum + value, 0));
	// Sums in another order differ in their last digits.
	const reached = observed * (1 - 1e-9);
	return values.length <= EXACT_UP_TO ? exactP(values, reached) : drawnP(values, reached, random);
}

function exactP(values: readonly number[], reached: number): number {
	const patterns = 2 ** values.length;
	let asFar = 0;
	for (let pattern = 0; pattern < patterns; pattern++) {
		let sum = 0;
		for (let i = 0; i < values.length; i++) sum += (pattern >> i) & 1 ? (values[i] as number) : -(values[i] as number);
		if (Math.abs(sum) >= reached) asFar++;
	}
	return asFar / patterns;
}

function drawnP(values: readonly number[], reached: number, random: () => number): number {
	let asFar = 1;
	for (let draw = 0; draw < DRAWS; draw++) {
		let sum = 0;
		for (const value of values) sum += random() < 0.5 ? value : -value;
		if (Math.abs(sum) >= reached) asFar++;
	}
	return asFar / (DRAWS + 1);
}

/** The smallest p that so many observations can reach. */
export const smallestSignFlipP = (observations: number): number => Math.min(1, 2 / 2 ** observations);
