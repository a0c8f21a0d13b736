import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { KnownError, messageOf } from "#src/errors.js";
import type { CallTree } from "#src/model/call-tree.js";
import type { RunRecord } from "#src/model/run.js";
import { RECORD_FILE } from "./record-file.js";
import { redactRecord } from "./redact-record.js";
import { replaceFile } from "./replace-file.js";
import { RUNS_FOLDER } from "./runs-folder.js";

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
