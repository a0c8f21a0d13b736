import type { Command } from "commander";
import { loadCollectors } from "#src/collect/registry.js";
import { addSideOptions, exitCodeOfVerdict, type SideOptions, sidesOf, sidesPlan } from "./compared-sides.js";
import { addDesignOptions, COMPARED_CLIENTS, type DesignOptions, designOf, parseMargins } from "./comparison-design.js";
import { measuringParts } from "./measuring-parts.js";
import { addRunOptions, endpointsOf, type RunOptions } from "./run-options.js";
import type { CommandContext, ExitCode } from "./terminal.js";

interface DiagnoseOptions extends RunOptions, DesignOptions, SideOptions {
	readonly failOn?: string;
	readonly profile?: boolean;
	readonly profileDuration: string;
	readonly markdown?: string | true;
}

export function defineDiagnose(command: Command): Command {
	return addDesignOptions(
		addRunOptions(
			addSideOptions(
				command
					.description(
						"Why did it get slower, or faster? Compares two sides as compare does, and says which functions changed, which of the\nlines, packages, variables or flags that differ is the cause, who brought it, and proves it: that alone is taken\nback on head, and base, head and head without it are measured together. Without a command behind -- it is the start\nscript of package.json.",
					)
					.argument("<endpoint>", "/path or METHOD:/path"),
			)
				.option("--fail-on <margins>", "smallest changes that matter: cpu=5%,p99=10%; judged are those alone")
				.option("--within <time>", "longest time for the verdict, the search and the proof together", "4m")
				.option("--no-profile", "no flamegraphs of both sides at the end")
				.option("--profile-duration <time>", "window of each flamegraph", "3s")
				.option("--markdown [file]", "Markdown on stdout, or appended to a file: $GITHUB_STEP_SUMMARY"),
			{ clients: COMPARED_CLIENTS, window: false },
		),
	);
}

export async function runDiagnose(
	[text]: readonly string[],
	options: DiagnoseOptions,
	context: CommandContext,
): Promise<ExitCode> {
	const [endpoint] = await endpointsOf([text ?? ""], options, context);
	if (endpoint === undefined) throw new RangeError("no endpoint");
	const sides = sidesOf(options, context);
	const plan = await sidesPlan("diagnose", options, context, sides);
	const collectors = options.profile === false ? [] : await loadCollectors(["v8", "heap"]);
	const design = designOf(options, plan, options.failOn === undefined ? null : parseMargins(options.failOn));
	const { investigateDiagnosis, realWorld, showOutcome } = await measuringParts(import("#src/investigate/diagnose.js"));
	const outcome = await investigateDiagnosis(
		{ ...plan, endpoint, sides, collectors, design, withinMs: design.withinMs },
		realWorld,
	);
	const shown = await showOutcome(outcome, options, context);
	return shown === 0 ? exitCodeOfVerdict(outcome.record.comparison?.verdict ?? "cannot tell") : shown;
}
