import type { Command } from "commander";
import { loadCollectors } from "../collect/registry.js";
import { usageError } from "../errors.js";
import { type CompareDesign, investigateComparison } from "../investigate/compare.js";
import type { RunPlan } from "../investigate/run.js";
import { type MetricName, metricNames, type Verdict } from "../model/comparison.js";
import { parseCommandLine, parseEnvironment } from "../sides/parse-sides.js";
import type { SideRequest } from "../sides/side-request.js";
import { parseDuration, parseList, parseWhole } from "./parse.js";
import { addRunOptions, endpointsOf, planRun, type RunOptions } from "./run-options.js";
import { showOutcome } from "./show-run.js";
import type { CommandContext, ExitCode } from "./terminal.js";

interface CompareOptions extends RunOptions {
	readonly base?: string;
	readonly head?: string;
	readonly baseCmd?: string;
	readonly headCmd?: string;
	readonly baseEnv: readonly string[];
	readonly headEnv: readonly string[];
	readonly prepare?: string;
	readonly failOn?: string;
	readonly within: string;
	readonly onInconclusive?: string;
	readonly asIs?: boolean;
	readonly seed?: string;
	readonly set?: string;
	readonly warmupRequests?: string;
	readonly profile: boolean;
	readonly profileDuration: string;
	readonly markdown?: string | true;
}

/** Clients of each side; with more of them, the draining at the end of a slice would make up much of it. */
const DEFAULT_CLIENTS = "32";
/** Measured with 64 MiB: docs/method.md. */
const SEMI_SPACE_MIB = 64;

/** The smallest change that matters, where the user does not say: relative, for errors a difference of shares. */
export const DEFAULT_MARGINS: Readonly<Record<MetricName, number>> = {
	cpu: 0.02,
	alloc: 0.02,
	p50: 0.05,
	p99: 0.1,
	"p99.9": 0.25,
	errors: 0.001,
};
const DEFAULT_WEIGHTS: Readonly<Record<MetricName, number>> = {
	cpu: 0.4,
	alloc: 0.15,
	p50: 0.15,
	p99: 0.1,
	"p99.9": 0.1,
	errors: 0.1,
};
/** So noisy that a run must not wait for them: they speak up when they differ. */
const TAILS: readonly MetricName[] = ["p99", "p99.9"];
const DEFAULT_PRIMARY: readonly MetricName[] = ["cpu", "alloc", "p50"];

/** How every comparison is measured; what can be changed by options is left out. */
export const MEASURING = {
	sliceMs: 15,
	setMs: 1_500,
	warmupRequests: 12_000,
	warmupMaxMs: 3_000,
	alpha: 0.01,
	firstLook: 6,
} as const;

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export function defineCompare(command: Command): Command {
	return addRunOptions(
		command
			.summary("did this change make it slower?")
			.description(
				"Did this change make it slower? Measures two sides interleaved, starts their processes again and again, and says\nregressed, improved, no change or cannot tell, with intervals. The sides are two git refs, two commands, or two\nenvironments of one command.",
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
			.option("--as-is", "leave V8's young generation as Node has it (less certain)")
			.option("--set <time>", `measured time of one pair of processes (default: ${MEASURING.setMs} ms)`)
			.option(
				"--warmup-requests <number>",
				`answers of each process before it is measured (default: ${MEASURING.warmupRequests})`,
			)
			.option("--seed <number>", "of every random order")
			.option("--no-profile", "no flamegraphs after the verdict")
			.option("--profile-duration <time>", "window of each flamegraph", "3s")
			.option("--markdown [file]", "Markdown on stdout, or appended to a file: $GITHUB_STEP_SUMMARY"),
		{ clients: DEFAULT_CLIENTS, window: false },
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
	const [endpoint] = endpointsOf([text ?? ""], options, context);
	if (endpoint === undefined) throw new RangeError("no endpoint");
	const sides = sidesOf(options, context);
	const plan = comparePlan(options, context, sides);
	const collectors = options.profile ? await loadCollectors(["v8"]) : [];
	const outcome = await investigateComparison({
		...plan,
		endpoint,
		sides,
		collectors,
		design: designOf(options, plan),
	});
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
function comparePlan(options: CompareOptions, context: CommandContext, sides: SideRequest): RunPlan {
	if (options.url !== undefined) {
		throw usageError("compare cannot start a server behind --url anew", "give the command of both sides");
	}
	if (options.port !== undefined) {
		throw usageError("compare runs two servers at once, so --port cannot name one", "leave it out: ports are found");
	}
	const plan = planRun(
		"compare",
		{ ...options, duration: options.profileDuration },
		{ ...context, targetArgv: null },
		DEFAULT_CLIENTS,
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
		if (targetArgv === null) throw usageError("which server?", "put its command behind --: -- node server.js");
		return {
			kind: "environments",
			argv: targetArgv,
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

function designOf(options: CompareOptions, plan: RunPlan): CompareDesign {
	const asked = options.failOn === undefined ? null : parseMargins(options.failOn);
	const judged: readonly MetricName[] =
		asked === null ? metricNames : metricNames.filter((metric) => asked[metric] !== undefined);
	const steady = judged.filter((metric) => !TAILS.includes(metric));
	return {
		...MEASURING,
		setMs: options.set === undefined ? MEASURING.setMs : parseDuration(options.set, "--set"),
		warmupRequests:
			options.warmupRequests === undefined
				? MEASURING.warmupRequests
				: parseWhole(options.warmupRequests, "--warmup-requests", 1, 1_000_000),
		clients: plan.load.clients,
		withinMs: parseDuration(options.within, "--within"),
		seed: options.seed === undefined ? randomSeed() : parseWhole(options.seed, "--seed", 0, 2 ** 32 - 1),
		semiSpaceMiB: options.asIs === true ? null : SEMI_SPACE_MIB,
		margins: { ...DEFAULT_MARGINS, ...asked },
		weights: Object.fromEntries(judged.map((metric) => [metric, DEFAULT_WEIGHTS[metric]])),
		primary: asked === null ? DEFAULT_PRIMARY : steady.length > 0 ? steady : judged,
		untilTimeIsOver: false,
	};
}

const randomSeed = (): number => Math.floor(Math.random() * 2 ** 32);

/** "cpu=5%,p99=10%" */
export function parseMargins(text: string): Partial<Record<MetricName, number>> {
	const margins: Partial<Record<MetricName, number>> = {};
	for (const part of parseList(text)) {
		const match = /^([a-z0-9.]+)\s*=\s*(\d+(?:\.\d+)?)\s*%$/.exec(part);
		const metric = metricNames.find((name) => name === match?.[1]);
		const percent = Number(match?.[2]);
		if (metric === undefined) {
			throw usageError(`--fail-on "${part}" is not understood`, `write cpu=5%; metrics are ${metricNames.join(", ")}`);
		}
		if (!(percent > 0 && percent <= 1_000)) {
			throw usageError(`--fail-on ${part} is out of range`, "give more than 0 % and at most 1,000 %");
		}
		margins[metric] = percent / 100;
	}
	if (Object.keys(margins).length === 0) throw usageError("--fail-on names no metric", "write cpu=5%,p99=10%");
	return margins;
}
