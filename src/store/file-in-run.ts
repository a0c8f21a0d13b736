import { realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { readPlainFileSync } from "#src/plain-file.js";

/** Longer than any file that a run leaves, and short enough for a text in memory. */
const LARGEST_FILE_BYTES = 384 * 1024 * 1024;

/**
 * Where a file that run.json names is, links resolved. run.json may come from anybody: a name that leads out of the folder, by
 * itself or through a link, is refused.
 * @throws Error where there is no such file, or it is elsewhere
 */
export function fileInRun(folder: string, name: string): string {
	const root = realpathSync(folder);
	const file = realpathSync(join(root, name));
	if (!file.startsWith(`${root}${sep}`)) throw new Error(`${name} leads out of the run's folder`);
	return file;
}

/** @throws Error where it is no plain file of a size that can be read */
export const readRunFile = (file: string): string => readPlainFileSync(file, LARGEST_FILE_BYTES).toString("utf8");
