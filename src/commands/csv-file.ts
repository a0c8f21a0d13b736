import { appendFileSync, readFileSync } from "node:fs";
import { KnownError, messageOf, systemErrorCode, usageError } from "#src/errors.js";
import type { RunRecord } from "#src/model/run.js";
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
		appendFileSync(file, "");
	} catch (error) {
		throw usageError(`cannot write ${file}: ${messageOf(error)}`, "check --csv");
	}
	const before = contentOf(file);
	if (before !== "" && !before.startsWith(measurementsCsvHead())) {
		throw usageError(`${file} has other columns`, "give a new file with --csv");
	}
}

/** Appends a line for each measurement, under one line of names. */
export function appendCsv(file: string, run: RunRecord): Error | null {
	try {
		appendFileSync(file, `${contentOf(file) === "" ? measurementsCsvHead() : ""}${measurementsCsvRows(run)}`);
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

function contentOf(file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return "";
		throw error;
	}
}
