import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { KnownError, messageOf, systemErrorCode } from "#src/errors.js";
import { RUN_RECORD_FORMAT, RUN_RECORD_VERSION, type RunRecord, runRecordSchema } from "#src/model/run.js";
import { readRunFile } from "./file-in-run.js";
import { RECORD_FILE } from "./run-folder.js";
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

/** Runs, newest first; `problem` says why one cannot be read. */
export function listRuns(out: string | null): { path: string; record: RunRecord | null; problem: string | null }[] {
	const parent = resolve(out ?? RUNS_FOLDER);
	return foldersIn(parent).map((name) => {
		const path = join(parent, name);
		try {
			return { path, record: parseRecord(join(path, RECORD_FILE)), problem: null };
		} catch (error) {
			return { path, record: null, problem: messageOf(error) };
		}
	});
}

function foldersIn(parent: string): string[] {
	if (!existsSync(parent)) return [];
	return namesIn(parent)
		.filter((name) => !name.startsWith(".") && existsSync(join(parent, name, RECORD_FILE)))
		.sort()
		.reverse();
}

function namesIn(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch (error) {
		throw new KnownError({
			code: "RUN_FOLDER",
			what: `cannot list the runs in ${folder}`,
			why: systemErrorCode(error) === "ENOTDIR" ? "it is not a folder" : messageOf(error),
			fix: "check --out",
			cause: error,
		});
	}
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
	const unreadable = (why: string, fix: string, cause?: unknown): KnownError =>
		new KnownError({ code: "RUN_RECORD", what: `cannot read ${file}`, why, fix, cause });
	let text: string;
	try {
		text = readRunFile(file);
	} catch (error) {
		throw unreadable(messageOf(error), "check the path", error);
	}
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw unreadable("it is cut short or not JSON", "run the measurement again", error);
	}
	const header = json as { format?: unknown; version?: unknown } | null;
	if (header?.format !== RUN_RECORD_FORMAT) throw unreadable("it is not a record of az-prof", "check the path");
	if (typeof header.version === "number" && header.version !== RUN_RECORD_VERSION) {
		const newer = header.version > RUN_RECORD_VERSION;
		throw unreadable(
			`${newer ? "a newer" : "an older"} az-prof wrote it in version ${header.version} of the format, this one reads version ${RUN_RECORD_VERSION}`,
			newer ? "use a newer az-prof" : "run the measurement again",
		);
	}
	const parsed = runRecordSchema.safeParse(json);
	if (parsed.success) return parsed.data;
	const first = parsed.error.issues[0];
	throw unreadable(
		`${first?.path.join(".") ?? ""}: ${first?.message ?? "it does not fit the schema"}`,
		"it was changed or damaged; run the measurement again",
	);
}
