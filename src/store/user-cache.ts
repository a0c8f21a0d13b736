import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { replaceFile } from "./replace-file.js";

/** $XDG_CACHE_HOME (which is ignored where it is relative) or ~/.cache, and there az-prof. */
export function userCacheFolder(env: Readonly<NodeJS.ProcessEnv> = process.env): string {
	const named = env.XDG_CACHE_HOME ?? "";
	return join(isAbsolute(named) ? named : join(homedir(), ".cache"), "az-prof");
}

/** A file of the cache, parsed; null where it is missing or broken. */
export function readCached(name: string, folder: string = userCacheFolder()): unknown {
	try {
		return JSON.parse(readFileSync(join(folder, name), "utf8"));
	} catch {
		return null;
	}
}

/** Keeps a value for later runs. A cache that cannot be written is no failure: the value is measured again. */
export function writeCached(name: string, value: unknown, folder: string = userCacheFolder()): void {
	try {
		mkdirSync(folder, { recursive: true });
		replaceFile(join(folder, name), `${JSON.stringify(value)}\n`);
	} catch {
		// Not kept.
	}
}
