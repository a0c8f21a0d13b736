import { join, resolve } from "node:path";
import { messageOf } from "#src/errors.js";
import type { ListedRun } from "#src/model/listed-run.js";
import { foldersIn, RECORD_FILE, readHeaded } from "./record-file.js";
import { briefOf } from "./run-brief.js";
import { RUNS_FOLDER } from "./runs-folder.js";

/**
 * Runs, newest first. Of their records as much is looked at as a list shows.
 * @throws KnownError RUN_FOLDER
 */
export async function listRuns(out: string | null): Promise<ListedRun[]> {
	const parent = resolve(out ?? RUNS_FOLDER);
	const runs: ListedRun[] = [];
	for (const id of foldersIn(parent)) {
		const path = join(parent, id);
		try {
			const brief = briefOf(readHeaded(join(path, RECORD_FILE)));
			runs.push({ id, path, brief, problem: brief === null ? await whatIsWrong(path) : null });
		} catch (error) {
			runs.push({ id, path, brief: null, problem: messageOf(error) });
		}
	}
	return runs;
}

/** As the schema says it. */
async function whatIsWrong(path: string): Promise<string> {
	const { readRun } = await import("./read-run.js");
	readRun(path);
	return "it holds something else than a run";
}
