import { distance as editDistance } from "fastest-levenshtein";

/** Half of the longer word may differ; a word further away than that is no suggestion but noise. */
const MOST_DIFFERENT = 0.5;
const SHORTEST_PART = 3;

/**
 * The known word that was probably meant, for "did you mean". The nearest by single-letter edits, case left aside. A word that contains
 * what was written, or is contained in it, is nearer than any other that differs: people leave out prefixes ("cors"
 * for "@fastify/cors").
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
	const edits = editDistance(a, b);
	return edits <= long.length * MOST_DIFFERENT ? edits : null;
}
