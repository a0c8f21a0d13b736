import { join } from "node:path";
import { KnownError, messageOf } from "#src/errors.js";
import type { RunOutcome } from "#src/investigate/run.js";
import type { CallTree } from "#src/model/call-tree.js";
import type { RunRecord } from "#src/model/run.js";
import { writeNamedFile } from "#src/named-output.js";
import { measurementsCsv } from "#src/report/export/csv.js";
import { renderHtml } from "#src/report/html/html.js";
import { renderJson } from "#src/report/json/document.js";
import { renderRunMarkdown } from "#src/report/markdown/run.js";
import { renderRun } from "#src/report/terminal/run.js";
import { visibleStyledText } from "#src/visible-text.js";
import { appendCsv } from "./csv-file.js";
import { exitCodeOf, printError } from "./print-error.js";
import type { CommandContext, ExitCode, Terminal } from "./terminal.js";

export const REPORT_FILE = "report.html";
const MARKDOWN_FILE = "report.md";

export interface ShowOptions {
	readonly json?: boolean;
	readonly open?: boolean;
	/** true: Markdown instead of the terminal's tables; a text: the file it is appended to. */
	readonly markdown?: string | true;
	/** The same of the measurements as CSV. */
	readonly csv?: string | true;
}

/** Writes the HTML report and prints the answer: the end of every measuring command. */
export async function showOutcome(
	outcome: RunOutcome,
	options: ShowOptions,
	context: CommandContext,
): Promise<ExitCode> {
	const { terminal } = context;
	const { record, trees, folder } = outcome;
	terminal.progress("");
	let failure = outcome.failure;
	let report: string | null = null;
	const markdown = renderRunMarkdown(record, trees);
	try {
		folder.saveFile(REPORT_FILE, renderHtml({ run: record, trees }));
		folder.saveFile(MARKDOWN_FILE, markdown);
		report = join(folder.path, REPORT_FILE);
	} catch (error) {
		failure ??= error instanceof Error ? error : new Error(messageOf(error));
	}
	// Also of a run that failed: what was measured before is in it.
	const unwritten = [
		typeof options.markdown === "string" ? appendMarkdown(options.markdown, markdown) : null,
		typeof options.csv === "string" ? appendCsv(options.csv, record) : null,
	];
	failure ??= unwritten.find((each) => each !== null) ?? null;
	printRun(record, trees, { folder: folder.path, report, failure }, options, terminal);
	if (report !== null && options.open) await openInBrowser(report, terminal);
	return failure === null ? 0 : exitCodeOf(failure);
}

/** Prints a run that was measured now or long ago. */
export function printRun(
	record: RunRecord,
	trees: ReadonlyMap<string, CallTree>,
	{
		folder,
		report,
		failure,
	}: { readonly folder: string; readonly report: string | null; readonly failure: Error | null },
	options: ShowOptions,
	terminal: Terminal,
): void {
	const isForPeople = !options.json && options.markdown !== true && options.csv !== true;
	if (options.json) {
		terminal.out(renderJson(record, trees, folder));
	} else if (options.markdown === true) {
		terminal.out(renderRunMarkdown(record, trees));
	} else if (options.csv === true) {
		terminal.out(measurementsCsv(record));
	} else if (record.measurements.length > 0) {
		// Where nothing was measured the error says it all, an empty table would only be in its way.
		terminal.out(`${visibleStyledText(renderRun(record, trees, terminal))}\n\n`);
	}
	// What went wrong comes before where to look further.
	if (failure !== null) printError(failure, terminal);
	if (isForPeople) terminal.out(report === null ? `run: ${folder}\n` : `report: ${report}\n`);
}

/** Why it could not be written, or null: the verdict stands, and was printed, without it. */
function appendMarkdown(file: string, text: string): Error | null {
	try {
		writeNamedFile(file, text, "append");
		return null;
	} catch (error) {
		return new KnownError({
			code: "RUN_FOLDER",
			what: `cannot write the Markdown to ${file}`,
			why: messageOf(error),
			fix: "check --markdown",
			cause: error,
		});
	}
}

export async function openInBrowser(file: string, terminal: Terminal): Promise<void> {
	const { default: open } = await import("open");
	try {
		const browser = await open(file);
		browser.once("error", () => terminal.err(`az-prof: no browser could be started; open ${file} by hand\n`));
	} catch (error) {
		terminal.err(`az-prof: no browser could be started (${messageOf(error)}); open ${file} by hand\n`);
	}
}
