import parseArgv from "string-argv";
import { usageError } from "#src/errors.js";
import { hasOpenQuote } from "./start-script.js";

/**
 * "node old.js --title 'a b'" → its words, split at blanks outside of quotation marks. Nothing else of a shell is understood; a
 * backslash stands for itself.
 * @throws KnownError USAGE
 */
export function parseCommandLine(text: string, option: string): string[] {
	if (hasOpenQuote(text)) throw usageError(`${option} has a quotation mark that is not closed`, "close it");
	const words = parseArgv(text);
	if (!words[0]) throw usageError(`${option} is empty`, 'write a command: "node server.js"');
	return words;
}

/** "NAME=value"; the value may be empty. @throws KnownError USAGE, without the value: it may be a secret */
export function parseEnvironment(text: string, option: string): readonly [name: string, value: string] {
	const match = /^([A-Za-z_][A-Za-z0-9_]*)=([^\0]*)$/.exec(text);
	if (match?.[1] === undefined || match[2] === undefined) {
		throw usageError(`${option} "${text.split("=")[0]}" is not NAME=value`, `write ${option} NODE_ENV=production`);
	}
	return [match[1], match[2]];
}
