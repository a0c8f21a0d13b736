import type { Command } from "commander";
import { collectorNames, defaultCpuCollectors, loadCollectors, loadNamedCollectors } from "#src/collect/registry.js";
import { KnownError, usageError } from "#src/errors.js";
import { FIRST_CLEAN_MS, FIRST_COLLECTOR } from "#src/investigate/first-windows.js";
import type { RunPlan } from "#src/investigate/run.js";
import type { FlameRun } from "#src/model/run.js";
import { sentenceOf } from "#src/report/sentences/finding.js";
import { quoted } from "#src/report/sentences/phrases.js";
import { measuringParts } from "./measuring-parts.js";
import { parseList } from "./parse.js";
import { DEFAULT_ENDPOINT, profiledEndpoint } from "./profiled-endpoint.js";
import { addRunOptions, planWindows, type RunOptions } from "./run-options.js";
import type { CommandContext, ExitCode } from "./terminal.js";

interface FlameOptions extends RunOptions {
	readonly with?: string;
	readonly quick?: boolean;
}

export function defineFlame(command: Command): Command {
	return addRunOptions(
		command
			.description(
				"Where does the CPU time of an endpoint go? A first answer after a few seconds; then a clean load for the percentiles,\nand the same load under each profiler, with the flamegraphs beside the table.",
			)
			.argument("[endpoint]", `/path or METHOD:/path (default: ${DEFAULT_ENDPOINT} of the reference gateway)`)
			.option(
				"--with <collectors>",
				`profilers, one after the other: ${collectorNames.join(", ")} (default: ${defaultCpuCollectors.join(",")})`,
			)
			.option("--quick", "end with the first answer: some seconds of clean load, and some under V8's sampler"),
	);
}

export async function runFlame(
	[endpoint]: readonly string[],
	options: FlameOptions,
	context: CommandContext,
): Promise<ExitCode> {
	const plan = await planWindows(options, context);
	const request = await profiledEndpoint(endpoint, "flame", options, plan, context);
	const names = namedCollectors(options, plan);
	const collectors = await (options.with === undefined ? loadCollectors : loadNamedCollectors)(names);
	const [{ investigateFlame, realWorld, showOutcome }, { RunningReport }] = await Promise.all([
		measuringParts(import("#src/investigate/flame.js")),
		import("./running-report.js"),
	]);
	const report = new RunningReport(options, context.terminal);
	const quick = options.quick === true;
	const outcome = await investigateFlame(
		{ ...plan, endpoint: request, collectors, quick, answered: report.answered },
		realWorld,
	);
	const failure = outcome.failure ?? nothingProfiled(outcome.record);
	return showOutcome({ ...outcome, failure }, { ...options, open: options.open === true && !report.isOpen }, context);
}

function namedCollectors(options: FlameOptions, { load }: RunPlan): readonly string[] {
	const { quick, duration } = options;
	const names = options.with === undefined ? null : parseList(options.with);
	if (names?.length === 0) throw usageError("--with names no collector", `it takes ${collectorNames.join(", ")}`);
	if (!quick) return names ?? defaultCpuCollectors;
	if (names?.some((name) => name !== FIRST_COLLECTOR)) {
		throw usageError(
			`--quick ends with V8's sampler, and --with ${options.with} asks for more`,
			"leave one of them out",
		);
	}
	if (duration !== undefined && load.durationMs > FIRST_CLEAN_MS) {
		throw usageError(
			`--quick loads for ${FIRST_CLEAN_MS / 1e3} s, and --duration ${duration} asks for more`,
			"leave one of them out",
		);
	}
	// Those beside V8's sampler are told to be left out.
	return names ?? defaultCpuCollectors;
}

/** Where none of the profilers brought anything, what was asked for was not had; the clean figures are kept. */
function nothingProfiled({ profiles, findings }: FlameRun): KnownError | null {
	if (profiles.some(({ ticks, readings, files }) => ticks !== null || readings !== undefined || files.length > 0)) {
		return null;
	}
	const why = findings.filter(({ code }) => code === "COLLECTOR_FAILED" || code === "COLLECTOR_UNAVAILABLE");
	return new KnownError({
		code: "COLLECTOR_FAILED",
		what: "nothing was profiled",
		...(why[0] === undefined ? {} : { why: quoted(sentenceOf(why[0])) }),
		fix: "profiles need a target that runs in Node and loads the agent; az-prof load measures any server",
	});
}
