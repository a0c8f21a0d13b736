import type { Command } from "commander";
import { formatNames } from "#src/report/export/format-names.js";
import { RUNS_FOLDER } from "#src/store/runs-folder.js";
import type { LatencyOptions } from "./exported-latencies.js";
import type { CommandContext, ExitCode } from "./terminal.js";

export interface ExportOptions extends LatencyOptions {
	readonly format: string;
	readonly profile?: string;
	readonly byProcess?: boolean;
	readonly output?: string;
	readonly out?: string;
}

export function defineExport(command: Command): Command {
	return command
		.description("Writes a past run, or one of its profiles, in another tool's format.")
		.argument("<run>", 'a run folder, an id of "az-prof runs", its beginning, or "latest"')
		.requiredOption("--format <format>", formatNames.join(", "))
		.option("--profile <id>", "which of the run's profiles (default: the first that fits); for csv, its functions")
		.option("--by-process", "a profile of several processes or worker threads: each kind apart, as the outermost frame")
		.option("--measurement <id>", "for hgrm and hlog: which of the run's measurements (default: the first)")
		.option(
			"--series <name>",
			"for hgrm: service, response, sendLag, connect, … (default: response in an open loop, else service)",
		)
		.option("-o, --output <file>", "a file instead of stdout")
		.option("--out <folder>", `where run folders are (default: ${RUNS_FOLDER})`);
}

export async function runExport(
	[name = ""]: readonly string[],
	options: ExportOptions,
	{ terminal }: CommandContext,
): Promise<ExitCode> {
	const { exportRun } = await import("./exported-run.js");
	return exportRun(name, options, terminal);
}
