import type { Command } from "commander";
import { collectorNames, defaultCpuCollectors, loadCollectors, loadNamedCollectors } from "#src/collect/registry.js";
import { KnownError, usageError } from "#src/errors.js";
import type { FlameRun } from "#src/model/run.js";
import { sentenceOf } from "#src/report/sentences/finding.js";
import { quoted } from "#src/report/sentences/phrases.js";
import { measuringParts } from "./measuring-parts.js";
import { parseList } from "./parse.js";
import { DEFAULT_ENDPOINT, profiledEndpoint } from "./profiled-endpoint.js";
import { addRunOptions, planWindows, type RunOptions } from "./run-options.js";
import type { CommandContext, ExitCode } from "./terminal.js";

interface FlameOptions extends RunOptions {
	readonly with: string;
}

export function defineFlame(command: Command): Command {
	return addRunOptions(
		command
			.summary("where does the CPU time of an endpoint go?")
			.description(
				"Where does the CPU time of an endpoint go? A clean load for the percentiles, then the same load under each\nprofiler, and the flamegraphs beside the table.",
			)
			.argument("[endpoint]", `/path or METHOD:/path (default: ${DEFAULT_ENDPOINT} of the reference gateway)`)
			.option(
				"--with <collectors>",
				`profilers, one after the other: ${collectorNames.join(", ")}`,
				defaultCpuCollectors.join(","),
			),
	);
}

export async function runFlame(
	[endpoint]: readonly string[],
	options: FlameOptions,
	context: CommandContext,
): Promise<ExitCode> {
	const plan = await planWindows(options, context);
	const request = await profiledEndpoint(endpoint, "flame", options, plan, context);
	const names = parseList(options.with);
	if (names.length === 0) throw usageError("--with names no collector", `it takes ${collectorNames.join(", ")}`);
	const isDefault = names.join() === defaultCpuCollectors.join();
	const collectors = await (isDefault ? loadCollectors : loadNamedCollectors)(names);
	const { investigateFlame, realWorld, showOutcome } = await measuringParts(import("#src/investigate/flame.js"));
	const outcome = await investigateFlame({ ...plan, endpoint: request, collectors }, realWorld);
	return showOutcome({ ...outcome, failure: outcome.failure ?? nothingProfiled(outcome.record) }, options, context);
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
