import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { KnownError, messageOf, systemErrorCode } from "#src/errors.js";
import { RUN_RECORD_FORMAT, RUN_RECORD_VERSION } from "#src/model/run-format.js";
import { readRunFile } from "./file-in-run.js";

/** Records on the disk, as far as they can be told without the schema, which takes longer to load than a list of runs to read. */

export const RECORD_FILE = "run.json";

/** Names of the runs' folders, newest first. @throws KnownError RUN_FOLDER */
export function foldersIn(parent: string): string[] {
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

/**
 * A record of the version that this az-prof reads; no more is known of it.
 * @throws KnownError RUN_RECORD
 */
export function readHeaded(file: string): unknown {
	let text: string;
	try {
		text = readRunFile(file);
	} catch (error) {
		throw unreadable(file, messageOf(error), "check the path", error);
	}
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw unreadable(file, "it is cut short or not JSON", "run the measurement again", error);
	}
	const header = json as { format?: unknown; version?: unknown } | null;
	if (header?.format !== RUN_RECORD_FORMAT) throw unreadable(file, "it is not a record of az-prof", "check the path");
	if (typeof header.version === "number" && header.version !== RUN_RECORD_VERSION) {
		const newer = header.version > RUN_RECORD_VERSION;
		throw unreadable(
			file,
			`${newer ? "a newer" : "an older"} az-prof wrote it in version ${header.version} of the format, this one reads version ${RUN_RECORD_VERSION}`,
			newer ? "use a newer az-prof" : "run the measurement again",
		);
	}
	return json;
}

export const unreadable = (file: string, why: string, fix: string, cause?: unknown): KnownError =>
	new KnownError({ code: "RUN_RECORD", what: `cannot read ${file}`, why, fix, cause });
