/** Half of the longer word may differ; a word further away than that is no suggestion but noise. */
const MOST_DIFFERENT = 0.5;
const SHORTEST_PART = 3;

/**
 * The known word that was probably meant, for "did you mean". The nearest by single-letter edits, case left aside;
 * swapping two neighbours is one edit (optimal string alignment). A word that contains what was written, or is
 * contained in it, is nearer than any other that differs: people leave out prefixes ("cors" for "@fastify/cors").
 * Undefined where nothing is near; among equals, the first.
 */
export function nearest<Word extends string>(written: string, known: readonly Word[]): Word | undefined {
	let best: { word: Word; distance: number } | undefined;
	for (const word of known) {
		const distance = distanceBetween(written.toLowerCase(), word.toLowerCase());
		if (distance !== null && (best === undefined || distance < best.distance)) best = { word, distance };
	}
	return best?.word;
}

/**
 * Null where they are too far apart. Below 1 where one word is part of the other: the less is left over, the smaller.
 */
function distanceBetween(a: string, b: string): number | null {
	const [short, long] = a.length < b.length ? [a, b] : [b, a];
	if (short.length >= SHORTEST_PART && long.includes(short)) return 1 - short.length / long.length;
	const edits = editsBetween(a, b);
	return edits <= long.length * MOST_DIFFERENT ? edits : null;
}

function editsBetween(from: string, to: string): number {
	let beforeLast: number[] = [];
	let last = Array.from({ length: to.length + 1 }, (_, column) => column);
	for (let line = 1; line <= from.length; line++) {
		const row = [line];
		for (let column = 1; column <= to.length; column++) {
			const replace = (last[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1);
			const insert = (row[column - 1] ?? 0) + 1;
			const remove = (last[column] ?? 0) + 1;
			const swapped = line > 1 && column > 1 && from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1];
			const swap = swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
			row.push(Math.min(replace, insert, remove, swap));
		}
		[beforeLast, last] = [last, row];
	}
	return last.at(-1) ?? 0;
}
