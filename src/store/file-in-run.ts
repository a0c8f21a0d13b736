import { realpathSync } from "node:fs";
import { join, sep } from "node:path";

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
