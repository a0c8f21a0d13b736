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

function editDistance(from: string, to: string): number {
	let row = Array.from({ length: to.length + 1 }, (_, index) => index);
	for (const [line, letter] of [...from].entries()) {
		const next = [line + 1];
		for (let column = 1; column <= to.length; column++) {
			const replace = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
			const insert = (next[column - 1] ?? 0) + 1;
			const remove = (row[column] ?? 0) + 1;
			next.push(Math.min(replace, insert, remove));
		}
		row = next;
	}
	return row.at(-1) ?? 0;
}
