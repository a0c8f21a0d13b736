import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { messageOf, usageError } from "#src/errors.js";
import { checkNamedOutput } from "#src/named-output.js";
import { checkCsvFile } from "./csv-file.js";

/** Files that a measuring command appends its answer to; true: stdout. */
export interface OutputFiles {
	readonly markdown?: string | true;
	readonly csv?: string | true;
	readonly json?: boolean;
}

/**
 * Opens the files before anything is measured, so that what cannot be written is not found out when the answer is there.
 * @throws KnownError USAGE
 */
export function checkOutputFiles({ markdown, csv, json }: OutputFiles): void {
	const onStdout = [csv === true && "--csv", markdown === true && "--markdown", json && "--json"].filter(Boolean);
	if (onStdout.length > 1) {
		throw usageError(`${onStdout.join(" and ")} both want stdout`, `give ${onStdout[0]} a file`);
	}
	if (typeof csv === "string") checkCsvFile(csv);
	if (typeof markdown === "string") checkMarkdownFile(markdown);
}

function checkMarkdownFile(file: string): void {
	// An endpoint that stands behind --markdown would otherwise be taken for the file.
	if (dirname(resolve(file)) === "/" && !existsSync(file)) {
		throw usageError(
			`--markdown "${file}" looks like an endpoint`,
			"write --markdown behind the endpoint, or --markdown report.md",
		);
	}
	try {
		checkNamedOutput(file);
	} catch (error) {
		throw usageError(`cannot write the Markdown to ${file}: ${messageOf(error)}`, "check --markdown");
	}
}
