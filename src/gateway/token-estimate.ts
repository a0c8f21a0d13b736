const CHARACTERS_PER_TOKEN = 4;

/** Tokens in a text as models count them, roughly: no tokenizer is asked. */
export function estimateTokens(text: string): number {
	return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
