import parseArgv from "string-argv";
import { usageError } from "../errors.js";

/** "node old.js --flag 'a b'" → its words, as a shell would split them; nothing else of a shell is understood. */
export function parseCommandLine(text: string, option: string): string[] {
	if (hasOpenQuote(text)) throw usageError(`${option} has a quotation mark that is not closed`, "close it");
	const words = parseArgv(text);
	if (words.length === 0) throw usageError(`${option} is empty`, 'write a command: "node server.js"');
	return words;
}

/** "NAME=value" */
export function parseEnvironment(text: string, option: string): readonly [name: string, value: string] {
	const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text);
	if (match?.[1] === undefined || match[2] === undefined) {
		throw usageError(`${option} "${text}" is not NAME=value`, `write ${option} NODE_ENV=production`);
	}
	return [match[1], match[2]];
}

function hasOpenQuote(text: string): boolean {
	let open: string | null = null;
	for (const char of text) {
		if (open === null && (char === '"' || char === "'")) open = char;
		else if (char === open) open = null;
	}
	return open !== null;
}
