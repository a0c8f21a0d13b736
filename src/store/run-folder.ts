import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { KnownError, messageOf, systemErrorCode } from "#src/errors.js";
import type { CallTree } from "#src/model/call-tree.js";
import {
	callTreeSchema,
	type ProfileRecord,
	RUN_RECORD_FORMAT,
	RUN_RECORD_VERSION,
	type RunRecord,
	runRecordSchema,
} from "#src/model/run-record.js";
import { readPlainFileSync } from "#src/plain-file.js";
import { redactRecord } from "./redact-record.js";
import { replaceFile } from "./replace-file.js";

/** Where runs are kept, below the current folder. */
export const RUNS_FOLDER = join("profiles", "runs");
const RECORD_FILE = "run.json";
/** Of a run folder; longer than any that a run leaves, and short enough for a text in memory. */
const LARGEST_FILE_BYTES = 384 * 1024 * 1024;

/** A run's folder while the run goes on. */
export interface RunFolder {
	readonly id: string;
	/** Absolute. */
	readonly path: string;
	/** Replaces run.json as a whole: a reader never sees half of one. */
	saveRecord(record: RunRecord): void;
	/** Writes a file of the run; the name is relative to the folder. Returns the name. */
	saveFile(name: string, content: string | Uint8Array): string;
	saveTree(name: string, tree: CallTree): string;
	/** Makes and returns an empty folder inside. */
	subfolder(name: string): string;
}

/**
 * Makes the folder before anything is measured, so that a disk that cannot be written is found out at once.
 * @param out the parent folder; default profiles/runs below the current folder
 * @throws KnownError RUN_FOLDER
 */
export function createRunFolder(options: {
	readonly command: string;
	readonly startedAt: Date;
	readonly out: string | null;
	readonly secrets: readonly string[];
	/** What run.json says at first. The folder appears under its name together with it, and never without one. */
	readonly firstRecord: (id: string) => RunRecord;
}): RunFolder {
	const parent = resolve(options.out ?? RUNS_FOLDER);
	const stamp = options.startedAt
		.toISOString()
		.replace(/\.\d+Z$/, "Z")
		.replaceAll(":", "");
	const id = `${stamp}-${options.command}-${randomBytes(3).toString("hex")}`;
	const path = join(parent, id);
	const recordText = (record: RunRecord): string =>
		`${JSON.stringify(redactRecord(record, options.secrets), null, "\t")}\n`;
	guarded(path, () => {
		const draft = join(parent, `.${id}`);
		mkdirSync(draft, { recursive: true });
		writeFileSync(join(draft, RECORD_FILE), recordText(options.firstRecord(id)));
		renameSync(draft, path);
		const ignore = join(parent, ".gitignore");
		// The runs of a stranger's repository must not end up in its commits.
		if (!existsSync(ignore)) writeFileSync(ignore, "*\n");
	});
	return {
		id,
		path,
		saveRecord: (record) => guarded(path, () => replaceFile(join(path, RECORD_FILE), recordText(record))),
		saveFile(name, content) {
			guarded(path, () => {
				mkdirSync(dirname(join(path, name)), { recursive: true });
				replaceFile(join(path, name), content);
			});
			return name;
		},
		saveTree(name, tree) {
			return this.saveFile(name, JSON.stringify(tree));
		},
		subfolder(name) {
			guarded(path, () => mkdirSync(join(path, name), { recursive: true }));
			return join(path, name);
		},
	};
}

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

/** The call trees of a run, by the id of their profiles; one that cannot be read is left out. */
export function readTrees(run: StoredRun): Map<string, CallTree> {
	const trees = new Map<string, CallTree>();
	for (const profile of run.record.profiles) {
		if (profile.treeFile === null) continue;
		try {
			trees.set(profile.id, readTree(run, profile));
		} catch {
			// The report then says that this profile is missing.
		}
	}
	return trees;
}

/**
 * The call tree of one profile; it has at least one tick.
 * @throws KnownError RUN_RECORD where there is none, or it cannot be read
 */
export function readTree(run: StoredRun, { id, treeFile }: Pick<ProfileRecord, "id" | "treeFile">): CallTree {
	const unreadable = (why: string, cause?: unknown): KnownError =>
		new KnownError({
			code: "RUN_RECORD",
			what: `the call tree of ${id} cannot be read`,
			why,
			fix: "measure again, or choose another profile",
			cause,
		});
	if (treeFile === null) throw unreadable("this profiler leaves none");
	let json: unknown;
	try {
		json = JSON.parse(readPlainFileSync(join(run.path, treeFile), LARGEST_FILE_BYTES).toString("utf8"));
	} catch (error) {
		throw unreadable(error instanceof SyntaxError ? "it is cut short or not JSON" : messageOf(error), error);
	}
	const parsed = callTreeSchema.safeParse(json);
	if (!parsed.success) {
		const [first] = parsed.error.issues;
		throw unreadable(`${first?.path.join(".") ?? ""}: ${first?.message ?? "it does not fit the schema"}`);
	}
	if (parsed.data.nodes.every(({ selfTicks }) => selfTicks === 0)) throw unreadable("it has no ticks");
	return parsed.data;
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
		text = readPlainFileSync(file, LARGEST_FILE_BYTES).toString("utf8");
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
	if (typeof header.version === "number" && header.version > RUN_RECORD_VERSION) {
		throw unreadable(
			`its format is version ${header.version}, this az-prof knows version ${RUN_RECORD_VERSION}`,
			"use a newer az-prof",
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

function guarded(path: string, write: () => void): void {
	try {
		write();
	} catch (error) {
		throw new KnownError({
			code: "RUN_FOLDER",
			what: `cannot write to the run folder ${path}`,
			why: messageOf(error),
			fix: "free some space or choose another folder with --out",
			cause: error,
		});
	}
}
