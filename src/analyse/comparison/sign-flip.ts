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
	const tables = tablesOf(values);
	return values.length <= EXACT_UP_TO ? exactP(tables, values.length, reached) : drawnP(tables, reached, random);
}

const TABLE_BITS = 8;

/** For every eight values in turn, their sum under each pattern of signs. */
function tablesOf(values: readonly number[]): Float64Array[] {
	const tables: Float64Array[] = [];
	for (let from = 0; from < values.length; from += TABLE_BITS) {
		const part = values.slice(from, from + TABLE_BITS);
		tables.push(
			Float64Array.from({ length: 1 << part.length }, (_, pattern) =>
				part.reduce((sum, value, bit) => sum + ((pattern >> bit) & 1 ? value : -value), 0),
			),
		);
	}
	return tables;
}

function exactP(tables: readonly Float64Array[], observations: number, reached: number): number {
	const patterns = 2 ** observations;
	let asFar = 0;
	for (let pattern = 0; pattern < patterns; pattern++) {
		let sum = 0;
		let bits = pattern;
		for (const table of tables) {
			sum += table[bits & (table.length - 1)] as number;
			bits >>= TABLE_BITS;
		}
		if (Math.abs(sum) >= reached) asFar++;
	}
	return asFar / patterns;
}

function drawnP(tables: readonly Float64Array[], reached: number, random: () => number): number {
	let asFar = 1;
	for (let draw = 0; draw < DRAWS; draw++) {
		let sum = 0;
		for (const table of tables) sum += table[Math.floor(random() * table.length)] as number;
		if (Math.abs(sum) >= reached) asFar++;
	}
	return asFar / (DRAWS + 1);
}

/** The smallest p that so many observations can reach. */
export const smallestSignFlipP = (observations: number): number => Math.min(1, 2 / 2 ** observations);
