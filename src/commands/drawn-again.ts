import { join } from "node:path";
import { KnownError, messageOf } from "#src/errors.js";
import { renderHtml } from "#src/report/html/html.js";
import { readRun } from "#src/store/read-run.js";
import { readTrees } from "#src/store/read-tree.js";
import { replaceFile } from "#src/store/replace-file.js";
import type { ReportOptions } from "./report.js";
import { openInBrowser, printRun, REPORT_FILE } from "./show-run.js";
import type { ExitCode, Terminal } from "./terminal.js";

/** Prints a past run, and draws its report from the record. */
export async function drawAgain(name: string, options: ReportOptions, terminal: Terminal): Promise<ExitCode> {
	const run = readRun(name, options.out ?? null);
	const trees = readTrees(run);
	const report = join(run.path, REPORT_FILE);
	try {
		replaceFile(report, renderHtml({ run: run.record, trees }));
	} catch (error) {
		throw new KnownError({
			code: "RUN_FOLDER",
			what: `cannot write ${report}`,
			why: messageOf(error),
			fix: "make the folder writable",
			cause: error,
		});
	}
	printRun(run.record, trees, { folder: run.path, report, failure: null }, options, terminal);
	if (options.open) await openInBrowser(report, terminal);
	return 0;
}
