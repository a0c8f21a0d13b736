import type { Command } from "commander";
import { loadCollectors } from "#src/collect/registry.js";
import { usageError } from "#src/errors.js";
import type { ClosedRunPlan } from "#src/investigate/run.js";
import type { Verdict } from "#src/model/comparison.js";
import { metricNames } from "#src/model/metric-names.js";
import { parseCommandLine, parseEnvironment } from "#src/sides/parse-sides.js";
import type { SideRequest } from "#src/sides/side-request.js";
import { startScriptOf } from "#src/sides/start-script.js";
import { addDesignOptions, COMPARED_CLIENTS, type DesignOptions, designOf, parseMargins } from "./comparison-design.js";
import { measuringParts } from "./measuring-parts.js";
import { addRunOptions, collect, endpointsOf, planRun, type RunOptions } from "./run-options.js";
import type { CommandContext, ExitCode } from "./terminal.js";

interface CompareOptions extends RunOptions, DesignOptions {
	readonly base?: string;
	readonly head?: string;
	readonly baseCmd?: string;
	readonly headCmd?: string;
	readonly baseEnv: readonly string[];
	readonly headEnv: readonly string[];
	readonly prepare?: string;
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
			command
				.summary("did this change make it slower?")
				.description(
					"Did this change make it slower? Measures two sides interleaved, starts their processes again and again, and says\nregressed, improved, no change or cannot tell, with intervals. The sides are two git refs, two commands, or two\nenvironments of one command. Without a command behind -- it is the start script of package.json.",
				)
				.argument("<endpoint>", "/path or METHOD:/path")
				.option("--base <ref>", "git ref of this repository to compare with: main")
				.option("--head <ref>", 'git ref, or "." for the working tree as it is', ".")
				.option(
					"--prepare <command>",
					'installs and builds a ref, kept by commit and lockfile: "npm ci && npm run build"',
				)
				.option("--base-cmd <command>", 'instead of refs: the command of base, "node old.js"')
				.option("--head-cmd <command>", "and of head")
				.option("--base-env <NAME=value>", "instead of refs: environment of base; may be repeated", collect, [])
				.option("--head-env <NAME=value>", "and of head", collect, [])
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
	const plan = await comparePlan(options, context, sides);
	const collectors = options.profile === false ? [] : await loadCollectors(["v8", "heap"]);
	const profilesAnyway = options.profile === true;
	const design = designOf(options, plan, options.failOn === undefined ? null : parseMargins(options.failOn));
	const { investigateComparison, realWorld, showOutcome } = await measuringParts(import("#src/investigate/compare.js"));
	const outcome = await investigateComparison(
		{ ...plan, endpoint, sides, collectors, profilesAnyway, design },
		realWorld,
	);
	const shown = await showOutcome(outcome, options, context);
	return shown === 0 ? exitCodeOf(outcome.record.comparison?.verdict ?? "cannot tell", options) : shown;
}

function exitCodeOf(verdict: Verdict, { onInconclusive }: CompareOptions): ExitCode {
	switch (verdict) {
		case "regressed":
			return 1;
		case "improved":
		case "no change":
			return 0;
		case "cannot tell":
			return onInconclusive === "pass" ? 0 : onInconclusive === "fail" ? 1 : 3;
	}
}

/** The plan with a target that stands for both sides until they are opened. */
async function comparePlan(
	options: CompareOptions,
	context: CommandContext,
	sides: SideRequest,
): Promise<ClosedRunPlan> {
	if (options.url !== undefined) {
		throw usageError("compare cannot start a server behind --url anew", "give the command of both sides");
	}
	if (options.port !== undefined) {
		throw usageError("compare runs two servers at once, so --port cannot name one", "leave it out: ports are found");
	}
	const plan = await planRun(
		{ ...options, duration: options.profileDuration },
		{ ...context, targetArgv: null },
		{ clients: COMPARED_CLIENTS, durationOption: "--profile-duration" },
	);
	const argv = sides.kind === "commands" ? sides.head : (sides.argv ?? []);
	return { ...plan, target: { kind: "command", argv, env: {}, cwd: process.cwd(), port: null } };
}

function sidesOf(options: CompareOptions, { targetArgv }: CommandContext): SideRequest {
	const cwd = process.cwd();
	const byCommand = options.baseCmd !== undefined || options.headCmd !== undefined;
	const byEnvironment = options.baseEnv.length > 0 || options.headEnv.length > 0;
	if ([options.base !== undefined, byCommand, byEnvironment].filter(Boolean).length !== 1) {
		throw usageError(
			"which two sides?",
			"name them by --base and --head (git refs), by --base-cmd and --head-cmd, or by --base-env and --head-env",
		);
	}
	if (byCommand) {
		if (options.baseCmd === undefined || options.headCmd === undefined) {
			throw usageError("one side has no command", "give both --base-cmd and --head-cmd");
		}
		if (targetArgv !== null)
			throw usageError("both --base-cmd and a command after -- name a target", "give one of them");
		return {
			kind: "commands",
			base: parseCommandLine(options.baseCmd, "--base-cmd"),
			head: parseCommandLine(options.headCmd, "--head-cmd"),
			cwd,
		};
	}
	if (targetArgv !== null && targetArgv.length === 0) {
		throw usageError("there is no command after --", "write -- node server.js");
	}
	if (byEnvironment) {
		return {
			kind: "environments",
			argv: targetArgv ?? startScriptOf(cwd, "the current folder"),
			baseEnv: parseEnvironments(options.baseEnv, "--base-env"),
			headEnv: parseEnvironments(options.headEnv, "--head-env"),
			cwd,
		};
	}
	return {
		kind: "refs",
		base: options.base ?? "",
		head: options.head === "." ? null : (options.head ?? null),
		argv: targetArgv,
		prepare: options.prepare ?? null,
		cwd,
	};
}

const parseEnvironments = (texts: readonly string[], option: string): Record<string, string> =>
	Object.fromEntries(texts.map((text) => parseEnvironment(text, option)));
