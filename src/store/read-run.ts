import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { KnownError } from "#src/errors.js";
import { type RunRecord, runRecordSchema } from "#src/model/run.js";
import { foldersIn, RECORD_FILE, readHeaded, unreadable } from "./record-file.js";
import { RUNS_FOLDER } from "./runs-folder.js";

/** A run as it was left. */
export interface StoredRun {
	readonly path: string;
	readonly record: RunRecord;
}

/**
 * Reads a run by its folder, its run.json, its id, or the beginning of its id.
 * @throws KnownError RUN_RECORD when there is no such run, or it cannot be read
 */
export function readRun(name: string, out: string | null = null): StoredRun {
	const path = findRun(name, out);
	return { path, record: parseRecord(join(path, RECORD_FILE)) };
}

function findRun(name: string, out: string | null): string {
	if (basename(name) === RECORD_FILE && existsSync(name)) return resolve(dirname(name));
	if (existsSync(join(name, RECORD_FILE))) return resolve(name);
	const parent = resolve(out ?? RUNS_FOLDER);
	const all = foldersIn(parent);
	const found =
		name === "latest" ? all.slice(0, 1) : all.filter((each) => each.startsWith(name) || each.endsWith(`-${name}`));
	if (found.length === 1) return join(parent, found[0] as string);
	throw new KnownError({
		code: "RUN_RECORD",
		what:
			found.length === 0
				? `there is no run "${name}" in ${parent}`
				: `"${name}" fits ${found.length} runs: ${found.slice(0, 3).join(", ")}`,
		fix: found.length === 0 ? "az-prof runs lists those there are; --out names another folder" : "give more of its id",
	});
}

function parseRecord(file: string): RunRecord {
	const parsed = runRecordSchema.safeParse(readHeaded(file));
	if (parsed.success) return parsed.data;
	const first = parsed.error.issues[0];
	throw unreadable(
		file,
		`${first?.path.join(".") ?? ""}: ${first?.message ?? "it does not fit the schema"}`,
		"it was changed or damaged; run the measurement again",
	);
}
