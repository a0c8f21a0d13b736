const WORDS = "a gateway stands between those who ask and the model that answers and adds as little as it can".split(
	" ",
);

/** An answer of that many tokens: one word each, a sentence that starts again when it is over. */
export function fixedAnswer(tokens: number): readonly string[] {
	return Array.from({ length: tokens }, (_, index) => `${index === 0 ? "" : " "}${WORDS[index % WORDS.length]}`);
}
