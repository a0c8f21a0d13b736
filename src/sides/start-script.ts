import { readFileSync } from "node:fs";
import { join } from "node:path";
import parseArgv from "string-argv";
import { usageError } from "../errors.js";

/** What a shell would do more with than split at spaces. */
const SHELL = /[|&;<>()$`*?[\]#~=%!{}\n]/;

/**
 * The command of package.json's start script: itself where it is a plain call of node, else through npm.
 * @throws KnownError USAGE where there is none
 */
export function startScriptOf(folder: string, side: string): string[] {
	let script: unknown;
	try {
		const json = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { scripts?: { start?: unknown } };
		script = json.scripts?.start;
	} catch {
		script = undefined;
	}
	if (typeof script !== "string" || script.trim() === "") {
		throw usageError(`package.json of ${side} has no start script`, "put the command of the server behind --");
	}
	const words = parseArgv(script);
	return words[0] === "node" && !SHELL.test(script) ? words : ["npm", "start"];
}
