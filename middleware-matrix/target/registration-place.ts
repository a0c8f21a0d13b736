import { dirname, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourcePlace } from "./framework.js";
import { fileOf } from "./function-place.js";

const ownFolder = `${dirname(fileURLToPath(import.meta.url))}${sep}`;
/** "at name (file:line:column)" or "at file:line:column" */
const frame = /^\s*at (?:.*\()?(.+?):(\d+):\d+\)?$/;

/**
 * The line that called register or addHook, from the stack of that moment: the next best where a function has no place of its own.
 * @param frameworkPackages folders of node_modules whose frames are passed over
 */
export function placeOfRegistration(at: Error, frameworkPackages: readonly string[]): SourcePlace | null {
	// An application may have its own Error.prepareStackTrace, which returns what it likes.
	const stack: unknown = at.stack;
	if (typeof stack !== "string") return null;
	for (const line of stack.split("\n")) {
		const [, name, number] = frame.exec(line) ?? [];
		const file = fileOf(name ?? "");
		if (file === null || file.startsWith(ownFolder)) continue;
		if (frameworkPackages.some((each) => file.includes(`${sep}node_modules${sep}${each}${sep}`))) continue;
		return { file, line: Number(number) };
	}
	return null;
}
