import type { Command } from "commander";
import { RUNS_FOLDER } from "#src/store/runs-folder.js";
import type { ShowOptions } from "./show-run.js";
import type { CommandContext, ExitCode } from "./terminal.js";

export interface ReportOptions extends ShowOptions {
	readonly out?: string;
}

export function defineReport(command: Command): Command {
	return command
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
	const { drawAgain } = await import("./drawn-again.js");
	return drawAgain(name, options, terminal);
}
