import { existsSync, statSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { KnownError, usageError } from "#src/errors.js";
import type { Checkouts } from "./node-modules.js";

const CODE = /\.[cm]?[jt]sx?$/;

/**
 * Refuses a command that would not run the code of its side: one that names a file of the current tree by its absolute path, or a file
 * that git does not have.
 * @param inside the folder of the command, from the root on
 * @param ref for people
 * @throws KnownError USAGE, PREPARE_FAILED
 */
export function refuseForeignFiles(
	argv: readonly string[],
	checkouts: Checkouts,
	{ inside, ref }: { readonly inside: string; readonly ref: string },
): void {
	for (const path of argv.map(pathIn)) {
		const here = isAbsolute(path) ? relative(checkouts.root, path) : join(inside, path);
		if (path === "" || here.startsWith("..") || isAbsolute(here) || here.split("/").includes("node_modules")) continue;
		const there = existsSync(join(checkouts.worktree, here));
		if (isAbsolute(path) && (there || CODE.test(path))) {
			throw usageError(
				`${path} is in the working tree, so both sides would run it`,
				`write it as seen from ${join(checkouts.root, inside)}`,
			);
		}
		if (isAbsolute(path) || there || !isFile(join(checkouts.root, here))) continue;
		throw new KnownError({
			code: "PREPARE_FAILED",
			what: `${ref} has no ${here}`,
			why: "the one here is not in git",
			fix: 'give --prepare what makes it ("npm ci && npm run build"), or commit it',
		});
	}
}

/** "server.js" → "server.js", "--env-file=.env" → ".env", "--watch" → ""; a program without a slash is looked for in PATH. */
function pathIn(word: string, index: number): string {
	if (index === 0 && !word.includes("/")) return "";
	return word.startsWith("-") ? word.slice(word.indexOf("=") + 1 || word.length) : word;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
