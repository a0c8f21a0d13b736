/**
 * Regular two-level fractions. A run is a number of so many bits, and a factor a column: the set of bits (never empty)
 * whose parity says whether it is on. Columns that add up to zero are a word of the defining relation, and the length
 * of the shortest word is the resolution (Box and Hunter 1961, "The 2^(k−p) fractional factorial designs",
 * Technometrics 3).
 */
export type Column = number;

export const isOn = (run: number, column: Column): boolean => parity(run & column) === 1;

/**
 * Columns for so many factors in 2^bits runs, of resolution IV or more: the first factors have a bit each, the columns
 * of the others are searched, all that there are. The best have the highest resolution and the fewest words of length
 * four, because each of those confuses three pairs of two-factor interactions (minimum aberration, Fries and Hunter
 * 1980, Technometrics 22, as far as this length); of equal ones those are taken in which a run has all factors on.
 * Throws a RangeError where there are none.
 */
export function fractionColumns(factors: number, bits: number): Column[] {
	const basis = Array.from({ length: Math.min(factors, bits) }, (_, bit) => 1 << bit);
	// The sum of two bits would be a word of length three with them.
	const candidates = Array.from({ length: 1 << bits }, (_, column) => column).filter((column) => weight(column) >= 3);
	let best: { readonly columns: Column[]; readonly words: number } | null = null;

	const extend = (columns: Column[], from: number): void => {
		if (columns.length === factors) {
			const words = wordsOfLengthFour(columns);
			const better = best === null || words < best.words;
			if (better || (words === best?.words && hasAll(columns) && !hasAll(best.columns))) best = { columns, words };
			return;
		}
		for (let next = from; next < candidates.length; next++) {
			const column = candidates[next] as Column;
			if (!makesWordOfThree(columns, column)) extend([...columns, column], next + 1);
		}
	};
	extend(basis, 0);
	const found = best as { readonly columns: Column[] } | null;
	if (found === null) throw new RangeError(`${factors} factors have no design of resolution IV in ${1 << bits} runs`);
	return found.columns;
}

/** Whether the run with all bits set has all factors on: then every word is of even length. */
const hasAll = (columns: readonly Column[]): boolean => columns.every((column) => parity(column) === 1);

const makesWordOfThree = (columns: readonly Column[], next: Column): boolean =>
	columns.some((a, index) => columns.some((b, other) => other > index && (a ^ b) === next));

/** Two pairs with the same sum are a word of length four; each word consists of pairs in three ways. */
function wordsOfLengthFour(columns: readonly Column[]): number {
	const pairs = new Map<Column, number>();
	let words = 0;
	columns.forEach((a, index) => {
		for (const b of columns.slice(index + 1)) {
			const before = pairs.get(a ^ b) ?? 0;
			words += before;
			pairs.set(a ^ b, before + 1);
		}
	});
	return words / 3;
}

function weight(bits: number): number {
	let count = 0;
	for (let left = bits; left !== 0; left &= left - 1) count++;
	return count;
}

const parity = (bits: number): number => weight(bits) % 2;
