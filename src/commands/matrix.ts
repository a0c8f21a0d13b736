import type { Command } from "commander";
import type { DesignKind } from "#matrix/designs/design.js";
import type { MatrixDesign, Ways, WhatToProfile } from "#matrix/story/plan.js";
import { loadCollectors } from "#src/collect/registry.js";
import { KnownError, usageError } from "#src/errors.js";
import type { ClosedRunPlan, RunOutcome } from "#src/investigate/run.js";
import type { LayerMetric } from "#src/model/matrix.js";
import type { MatrixRun } from "#src/model/run.js";
import { secretsOfArgv } from "#src/secrets/command-line.js";
import { addLightOptions, COMPARED_CLIENTS, lightLoadOf, MEASURING, randomSeed } from "./comparison-design.js";
import { measuringParts } from "./measuring-parts.js";
import { parseDuration, parseList, parseWhole } from "./parse.js";
import { addRunOptions, collect, endpointsOf, planRun, type RunOptions } from "./run-options.js";
import type { CommandContext, ExitCode } from "./terminal.js";

export interface MatrixOptions extends RunOptions {
	readonly list?: boolean;
	readonly layer: readonly string[];
	readonly only?: string;
	readonly skip?: string;
	readonly allow: readonly string[];
	readonly quick?: boolean;
	readonly absent?: boolean;
	readonly checkToggled?: boolean;
	readonly design?: string;
	readonly leaveOneOut?: boolean;
	readonly within: string;
	readonly profile: string;
	readonly profileDuration: string;
	readonly asIs?: boolean;
	readonly set?: string;
	readonly warmupRequests?: string;
	readonly mostAlive?: string;
	readonly lightClients?: string;
	readonly lightRate?: string;
	readonly seed?: string;
	readonly markdown?: string | true;
}

const DESIGNS: readonly DesignKind[] = ["one-at-a-time", "factorial", "screen"];
/** Smaller than for two sides: many processes at once have to touch all of it before they are warm (docs/method.md). */
const SEMI_SPACE_MIB = 16;
/** The shortest before a flamegraph; it goes on until the cost of a request is flat. */
const PROFILE_WARMUP = "1s";
/** The smallest cost that matters, as a share of bare. */
const MARGINS: Readonly<Record<LayerMetric, number>> = {
	p50: 0.03,
	"loaded-p50": 0.03,
	p99: 0.1,
	"loaded-p99": 0.1,
	cpu: 0.01,
	alloc: 0.01,
	rps: 0.03,
};

export function defineMatrix(command: Command): Command {
	return addRunOptions(
		addLightOptions(command)
			.description(
				"What does each middleware layer cost? Finds the plugins and hooks of a Fastify application, skips their hooks in one\nwarm process to learn which matter, leaves those out in processes of their own, and says what each layer costs in\nCPU, bytes and latency, with intervals and flamegraphs. Other servers: name the layers with --layer.",
			)
			.argument("[endpoint]", "/path or METHOD:/path")
			.option("--list", "only show the layers, as a tree")
			.option(
				"--layer <name=setting>",
				"what switches a layer off: cors=env:CORS=0 or cors=flag:--no-cors, or a JSON or TOML file; may be repeated",
				collect,
				[],
			)
			.option("--only <names>", "layers in the design, a,b (default: all that can be left out)")
			.option("--skip <names>", "layers that stay in every variant, a,b")
			.option(
				"--allow <name>",
				"measure a layer although the answer is another one without it; may be repeated",
				collect,
				[],
			)
			.option("--quick", "only skip layers' hooks in one warm process: names a layer sooner, sizes are less certain")
			.option("--absent", "only leave layers out, each of them, in processes of their own")
			.option("--check-toggled", "each layer both ways, and say where they disagree")
			.option(
				"--design <design>",
				`${DESIGNS.join(", ")}: of --absent, which it implies (default: one-at-a-time), or of --quick (factorial)`,
			)
			.option("--leave-one-out", "one-at-a-time: each layer left out of all as well; implies --absent")
			.option(
				"--within <time>",
				"time for all of it: trials, sets and flamegraphs; at least three sets are measured",
				"180s",
			)
			.option(
				"--profile <which>",
				"flamegraphs after it: real (layers with a real cost), all, none, or names a,b",
				"real",
			)
			.option("--profile-duration <time>", "window of each flamegraph", "2s")
			.option("--as-is", "leave V8's young generation as Node has it (less certain)")
			.option("--set <time>", "measured time of each variant in a set (default: by what its start takes)")
			.option(
				"--warmup-requests <number>",
				`answers of each process before it is measured (default: ${MEASURING.warmupRequests})`,
			)
			.option("--most-alive <number>", "processes side by side (default: 32, less where memory is short)")
			.option("--seed <number>", "of every random order")
			.option("--markdown [file]", "Markdown on stdout, or appended to a file: $GITHUB_STEP_SUMMARY"),
		{ clients: COMPARED_CLIENTS, window: false },
	);
}

export async function runMatrix(
	[text]: readonly string[],
	options: MatrixOptions,
	context: CommandContext,
): Promise<ExitCode> {
	if (options.url !== undefined) {
		throw usageError("matrix cannot leave layers out of a server behind --url", "give its command after --");
	}
	if (options.port !== undefined) {
		throw usageError("matrix runs several servers at once, so --port cannot name one", "leave it out: ports are found");
	}
	if (options.list) {
		const { showStack } = await import("./show-stack.js");
		return showStack(text, options, context);
	}
	if (text === undefined) throw usageError("which endpoint?", "write az-prof matrix /path; --list needs none");
	const [endpoint] = await endpointsOf([text], options, context);
	if (endpoint === undefined) throw new RangeError("no endpoint");
	const plan: ClosedRunPlan = await planRun(
		{ ...options, duration: options.profileDuration, warmup: PROFILE_WARMUP },
		context,
		{ clients: COMPARED_CLIENTS, durationOption: "--profile-duration" },
	);
	const { readLayerOptions } = await import("#matrix/settings/layer-options.js");
	const settings = await readLayerOptions(options.layer, context.env, context.signal);
	const switches = settings.flatMap(({ off, on }) => [...Object.entries(off.env), ...Object.entries(on.env)]);
	const secrets = [...plan.secrets, ...secretsOfArgv(switches.map((pair) => pair.join("=")))];
	context.terminal.conceal(secrets);
	refuseContradictions(options, settings.length > 0);
	const only = options.only === undefined ? null : namesOf("--only", options.only);
	const skip = options.skip === undefined ? [] : namesOf("--skip", options.skip);
	const both = skip.find((name) => only?.includes(name));
	if (both !== undefined) throw usageError(`--only and --skip both name ${both}`, "leave it out of one of them");
	const whatToProfile = parseProfile(options.profile);
	const { investigateMatrix, realWorld, showOutcome } = await measuringParts(import("#matrix/story/matrix.js"));
	const outcome = await investigateMatrix(
		{
			...plan,
			secrets,
			keepsLog: options.keepLog ?? secrets.length === 0,
			endpoint,
			settings,
			only,
			skip,
			allow: options.allow,
			ways: waysOf(options),
			design: designOf(options, plan.load.clients),
			whatToProfile,
			cpuCollectors: whatToProfile.kind === "none" ? [] : await loadCollectors(["v8"]),
			allocationCollectors: whatToProfile.kind === "none" ? [] : await loadCollectors(["heap"]),
		},
		realWorld,
	);
	await showLayersFound(outcome, options, context);
	const shown = await showOutcome(outcome, options, context);
	return shown === 0 ? exitCodeOf(outcome) : shown;
}

/** All that there is to show of a run that ended before it measured, unless its command line was wrong. */
async function showLayersFound(
	{ record: { matrix, stack }, failure }: RunOutcome<MatrixRun>,
	{ json, markdown }: MatrixOptions,
	{ terminal }: CommandContext,
): Promise<void> {
	const isMisused = failure instanceof KnownError && failure.code === "USAGE";
	if (matrix !== null || stack === null || isMisused || json || markdown === true) return;
	const { renderStack } = await import("#src/report/terminal/stack.js");
	terminal.progress("");
	terminal.out(`${renderStack(stack.layers, stack.framework, { ...terminal, cwd: process.cwd() })}\n`);
}

/** "a,b" */
function namesOf(option: string, text: string): string[] {
	const names = parseList(text);
	if (names.length === 0) throw usageError(`${option} names no layer`, "leave the option out, or name some: a,b");
	return names;
}

/** 3 where nothing can be told of any layer's CPU, and none is found in what somebody waits for either. */
function exitCodeOf({ record }: RunOutcome<MatrixRun>): ExitCode {
	const effects = record.matrix?.effects ?? [];
	const waits = effects.some(({ metric, verdict }) => metric === "p50" && verdict === "costs");
	const ofCpu = effects.filter(({ metric }) => metric === "cpu");
	return !waits && ofCpu.every(({ verdict }) => verdict === "cannot tell") ? 3 : 0;
}

/** A design is of layers that are left out, each of them, unless hooks are only skipped. */
function waysOf({ quick, absent, checkToggled, design, leaveOneOut }: MatrixOptions): Ways {
	if (quick) return "toggled";
	if (checkToggled) return "each both ways";
	return absent || design !== undefined || leaveOneOut ? "absent" : "both";
}

function refuseContradictions(
	{ quick, absent, checkToggled, leaveOneOut, design }: MatrixOptions,
	bySetting: boolean,
): void {
	if (bySetting && (quick || checkToggled)) {
		throw usageError("layers that are named with --layer cannot be toggled", "leave out --quick and --check-toggled");
	}
	if (quick && checkToggled)
		throw usageError("--quick toggles already", "leave out one of --quick and --check-toggled");
	if (absent && (quick || checkToggled)) {
		const other = quick ? "--quick" : "--check-toggled";
		throw usageError(`--absent skips no hooks, and ${other} does`, `leave out one of --absent and ${other}`);
	}
	if (leaveOneOut && design !== undefined && design !== "one-at-a-time") {
		throw usageError(`--leave-one-out does not go with --design ${design}`, "it is for one-at-a-time");
	}
}

function designOf(options: MatrixOptions, clients: number): MatrixDesign {
	return {
		kind: options.design === undefined ? null : parseDesign(options.design),
		leaveOneOut: options.leaveOneOut ?? false,
		clients,
		light: lightLoadOf(options),
		withinMs: parseDuration(options.within, "--within"),
		variantMs: options.set === undefined ? null : parseDuration(options.set, "--set"),
		sliceMs: MEASURING.sliceMs,
		warmupRequests: whole(options.warmupRequests, "--warmup-requests", 1, 1_000_000) ?? MEASURING.warmupRequests,
		warmupMaxMs: MEASURING.warmupMaxMs,
		seed: whole(options.seed, "--seed", 0, 2 ** 32 - 1) ?? randomSeed(),
		semiSpaceMiB: options.asIs === true ? null : SEMI_SPACE_MIB,
		confidence: 0.95,
		alpha: MEASURING.alpha,
		margins: MARGINS,
		mostAlive: whole(options.mostAlive, "--most-alive", 3, 32),
	};
}

function parseDesign(text: string): DesignKind {
	const kind = DESIGNS.find((name) => name === text);
	if (kind === undefined) throw usageError(`--design "${text}" is not known`, `write ${DESIGNS.join(", ")}`);
	return kind;
}

const whole = (text: string | undefined, option: string, least: number, most: number): number | null =>
	text === undefined ? null : parseWhole(text, option, least, most);

function parseProfile(text: string): WhatToProfile {
	if (text === "none" || text === "all" || text === "real") return { kind: text };
	return { kind: "named", names: namesOf("--profile", text) };
}
