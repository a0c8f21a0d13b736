import { join } from "node:path";
import type { Command } from "commander";
import { KnownError, messageOf } from "#src/errors.js";
import { renderHtml } from "#src/report/html/html.js";
import { readRun } from "#src/store/read-run.js";
import { readTrees } from "#src/store/read-tree.js";
import { replaceFile } from "#src/store/replace-file.js";
import { RUNS_FOLDER } from "#src/store/run-folder.js";
import { openInBrowser, printRun, REPORT_FILE, type ShowOptions } from "./show-run.js";
import type { CommandContext, ExitCode } from "./terminal.js";

interface ReportOptions extends ShowOptions {
	readonly out?: string;
}

export function defineReport(command: Command): Command {
	return command
		.summary("draw a past run again")
		.description("Prints a past run and draws its HTML report again, from the record alone.")
		.argument("<run>", 'a run folder, an id of "az-prof runs", its beginning, or "latest"')
		.option("--out <folder>", `where run folders are (default: ${RUNS_FOLDER})`)
		.option("--json", "one JSON document on stdout, the run's record")
		.option("--open", "open the HTML report in the browser");
}

export async function runReport(
	[name = ""]: readonly string[],
	options: ReportOptions,
	{ terminal }: CommandContext,
): Promise<ExitCode> {
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
