import type { Command } from "commander";
import { loadCollectors } from "#src/collect/registry.js";
import { usageError } from "#src/errors.js";
import type { Verdict } from "#src/model/comparison.js";
import { metricNames } from "#src/model/metric-names.js";
import { addSideOptions, exitCodeOfVerdict, type SideOptions, sidesOf, sidesPlan } from "./compared-sides.js";
import { addDesignOptions, COMPARED_CLIENTS, type DesignOptions, designOf, parseMargins } from "./comparison-design.js";
import { measuringParts } from "./measuring-parts.js";
import { addRunOptions, endpointsOf, type RunOptions } from "./run-options.js";
import type { CommandContext, ExitCode } from "./terminal.js";

interface CompareOptions extends RunOptions, DesignOptions, SideOptions {
	readonly failOn?: string;
	readonly onInconclusive?: string;
	/** Undefined: after a verdict. */
	readonly profile?: boolean;
	readonly profileDuration: string;
	readonly markdown?: string | true;
}

export function defineCompare(command: Command): Command {
	return addDesignOptions(
		addRunOptions(
			addSideOptions(
				command
					.description(
						"Did this change make it slower? Measures two sides interleaved, starts their processes again and again, and says\nregressed, improved, no change or cannot tell, with intervals. The sides are two git refs, two commands, or two\nenvironments of one command. Without a command behind -- it is the start script of package.json.",
					)
					.argument("<endpoint>", "/path or METHOD:/path"),
			)
				.option(
					"--fail-on <margins>",
					`smallest changes that matter: cpu=5%,p99=10%; judged are those alone (${metricNames.join(", ")})`,
				)
				.option("--within <time>", "longest time for the verdict", "60s")
				.option("--on-inconclusive <result>", "pass: exit 0 where it cannot tell, fail: exit 1 (default: exit 3)")
				.option("--fail-fast", "end at the first regression; the other metrics may not be settled then")
				.option("--profile", "flamegraphs of both sides even where it cannot tell (default: after a verdict)")
				.option("--no-profile", "no flamegraphs after the verdict")
				.option("--profile-duration <time>", "window of each flamegraph", "3s")
				.option("--markdown [file]", "Markdown on stdout, or appended to a file: $GITHUB_STEP_SUMMARY"),
			{ clients: COMPARED_CLIENTS, window: false },
		),
	);
}

export async function runCompare(
	[text]: readonly string[],
	options: CompareOptions,
	context: CommandContext,
): Promise<ExitCode> {
	if (options.onInconclusive !== undefined && !["pass", "fail"].includes(options.onInconclusive)) {
		throw usageError(`--on-inconclusive "${options.onInconclusive}" is not known`, "write pass or fail");
	}
	const [endpoint] = await endpointsOf([text ?? ""], options, context);
	if (endpoint === undefined) throw new RangeError("no endpoint");
	const sides = sidesOf(options, context);
	const plan = await sidesPlan("compare", options, context, sides);
	const collectors = options.profile === false ? [] : await loadCollectors(["v8", "heap"]);
	const profilesAnyway = options.profile === true;
	const design = designOf(options, plan, options.failOn === undefined ? null : parseMargins(options.failOn));
	const { investigateComparison, realWorld, showOutcome } = await measuringParts(import("#src/investigate/compare.js"));
	const { layersOfSide } = await import("#matrix/story/layers-of-side.js");
	const outcome = await investigateComparison(
		{ ...plan, endpoint, sides, collectors, profilesAnyway, design, layersOfSide },
		realWorld,
	);
	const shown = await showOutcome(outcome, options, context);
	return shown === 0 ? exitCodeOf(outcome.record.comparison?.verdict ?? "cannot tell", options) : shown;
}

function exitCodeOf(verdict: Verdict, { onInconclusive }: CompareOptions): ExitCode {
	if (verdict !== "cannot tell") return exitCodeOfVerdict(verdict);
	return onInconclusive === "pass" ? 0 : onInconclusive === "fail" ? 1 : 3;
}
