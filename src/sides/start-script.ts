import { readFileSync } from "node:fs";
import { join } from "node:path";
import parseArgv from "string-argv";
import { usageError } from "#src/errors.js";

/** What a shell would do more with than split at blanks and take quotation marks away. */
const SHELL = /[|&;<>()$`*?[\]{}~#\\\n]/;

/**
 * The command of package.json's start script: the script itself where it is a plain call of node, else `npm start`.
 * @param side for people: "main", "the working tree"
 * @throws KnownError USAGE where there is none
 */
export function startScriptOf(folder: string, side: string): string[] {
	const scripts = scriptsOf(folder);
	const script = scripts.start;
	if (typeof script !== "string" || script.trim() === "") {
		throw usageError(`package.json of ${side} has no start script`, "put the command of the server behind --");
	}
	if (SHELL.test(script) || hasOpenQuote(script) || scripts.prestart !== undefined) return ["npm", "start"];
	const words = parseArgv(script);
	return words[0] === "node" ? words : ["npm", "start"];
}

function scriptsOf(folder: string): Readonly<Record<string, unknown>> {
	try {
		const json: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
		return (json as { scripts?: Record<string, unknown> } | null)?.scripts ?? {};
	} catch {
		return {};
	}
}

/** Whether a quotation mark is not closed. */
export function hasOpenQuote(text: string): boolean {
	return text.replace(/"[^"]*"|'[^']*'/g, "").search(/["']/) !== -1;
}
