import type { Command } from "commander";
import { RUNS_FOLDER } from "#src/store/runs-folder.js";
import { visibleText } from "#src/visible-text.js";
import type { CommandContext, ExitCode } from "./terminal.js";

interface RunsOptions {
	readonly out?: string;
	readonly json?: boolean;
}

export function defineRuns(command: Command): Command {
	return command
		.description("Lists past runs, newest first.")
		.option("--out <folder>", `where run folders are (default: ${RUNS_FOLDER})`)
		.option("--json", "one JSON document on stdout");
}

export async function runRuns(
	_: readonly string[],
	options: RunsOptions,
	{ terminal }: CommandContext,
): Promise<ExitCode> {
	const { listRuns } = await import("#src/store/list-runs.js");
	const runs = await listRuns(options.out ?? null);
	if (options.json) {
		const brief = runs.map(({ id, path, brief: known, problem }) => ({
			id,
			path,
			command: known?.command ?? null,
			startedAt: known?.startedAt ?? null,
			status: known?.status ?? null,
			problem,
		}));
		terminal.out(`${JSON.stringify(brief)}\n`);
	} else if (runs.length === 0) {
		terminal.out(`no runs in ${options.out ?? RUNS_FOLDER} yet; az-prof flame /metrics makes one\n`);
	} else {
		const { renderRuns } = await import("#src/report/terminal/runs.js");
		terminal.out(`${visibleText(renderRuns(runs))}\n`);
	}
	return 0;
}
