import { usageError } from "#src/errors.js";
import { parseList } from "./parse.js";

/**
 * The names of --with, for a command that takes some of the collectors only.
 * @param refusal what is wrong with one that it does not take
 * @throws KnownError USAGE for no name, or for such a one
 */
export function parseCollectors(
	text: string,
	taken: readonly string[],
	{ refusal, takes }: { readonly refusal: (name: string) => string; readonly takes: string },
): string[] {
	const names = parseList(text);
	const strange = names.find((name) => !taken.includes(name));
	if (names.length > 0 && strange === undefined) return names;
	throw usageError(strange === undefined ? "--with names no collector" : refusal(strange), `--with takes ${takes}`);
}
