/** What a view shows large, and what it shows below. */
export interface Answer {
	readonly headline: string;
	/** Empty where the headline says it all. */
	readonly besides: string;
}

/** Of a terminal, and of a pipe. */
const COLUMNS = 120;
const LINES = 2;

/**
 * As many sentences as two lines hold, the first in any case; what else was found stands below.
 * @param sentences what matters most first; empty ones are left out
 */
export function answerOf(sentences: readonly string[]): Answer {
	const told = sentences
		.filter((sentence) => sentence !== "")
		.map((sentence, index) => (index === 0 ? sentence : sentence.trim()));
	const above = told.slice(0, fitting(told));
	return { headline: above.join(" "), besides: told.slice(above.length).join(" ") };
}

function fitting(sentences: readonly string[]): number {
	const tooLong = sentences.findIndex((_, index) => linesOf(sentences.slice(0, index + 1).join(" ")) > LINES);
	return tooLong < 0 ? sentences.length : Math.max(1, tooLong);
}

/** Broken at spaces. */
function linesOf(text: string): number {
	let lines = 1;
	let length = -1;
	for (const word of text.split(" ")) {
		length += 1 + word.length;
		if (length <= COLUMNS) continue;
		lines++;
		length = word.length;
	}
	return lines;
}
