import { distance as editDistance } from "fastest-levenshtein";

/**
 * The known word that takes the fewest single-letter edits to reach from what was written (Levenshtein's distance); a
 * word that contains it, or is contained in it, is as near as can be.
 */
export function nearest<Word extends string>(written: string, known: readonly Word[]): Word | undefined {
	let best: { word: Word; edits: number } | undefined;
	for (const word of known) {
		const edits = word.includes(written) || written.includes(word) ? 0 : editDistance(written, word);
		if (best === undefined || edits < best.edits) best = { word, edits };
	}
	return best?.word;
}
