import { statSync } from "node:fs";
import { KnownError, messageOf, usageError } from "#src/errors.js";
import type { RunRecord } from "#src/model/run.js";
import { checkNamedOutput, writeNamedFile } from "#src/named-output.js";
import { beginningOfPlainFileSync } from "#src/plain-file.js";
import { measurementsCsvHead, measurementsCsvRows } from "#src/report/export/csv.js";

/**
 * Whether runs can be appended to this file, found out before anything is measured.
 * @throws KnownError USAGE where it cannot be written, or holds something else
 */
export function checkCsvFile(file: string): void {
	// An endpoint that stands behind --csv would otherwise be taken for the file.
	if (!file.endsWith(".csv")) {
		throw usageError(`--csv "${file}" does not end in .csv`, "write --csv figures.csv, or --csv behind the endpoints");
	}
	try {
		checkNamedOutput(file);
	} catch (error) {
		throw usageError(`cannot write ${file}: ${messageOf(error)}`, "check --csv");
	}
	const before = beginningOf(file);
	if (before !== "" && !before.startsWith(measurementsCsvHead())) {
		throw usageError(`${file} has other columns`, "give a new file with --csv");
	}
}

/** Appends a line for each measurement, under one line of names. */
export function appendCsv(file: string, run: RunRecord): Error | null {
	try {
		const head = beginningOf(file) === "" ? measurementsCsvHead() : "";
		writeNamedFile(file, `${head}${measurementsCsvRows(run)}`, "append");
		return null;
	} catch (error) {
		return new KnownError({
			code: "RUN_FOLDER",
			what: `cannot write the CSV to ${file}`,
			why: messageOf(error),
			fix: "check --csv",
			cause: error,
		});
	}
}

/** Room for the line of names. */
const HEAD_BYTES = 16_384;

/** A pipe cannot be looked into, and is taken for empty. */
function beginningOf(file: string): string {
	const status = statSync(file, { throwIfNoEntry: false });
	if (status === undefined || status.isFIFO()) return "";
	return beginningOfPlainFileSync(file, HEAD_BYTES).toString("utf8");
}
