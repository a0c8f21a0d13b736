import type { Command } from "commander";
import { allocationCollectors, loadNamedCollectors } from "#src/collect/registry.js";
import { measuringParts } from "./measuring-parts.js";
import { parseCollectors } from "./parse-collectors.js";
import { DEFAULT_ENDPOINT, profiledEndpoint } from "./profiled-endpoint.js";
import { addRunOptions, planWindows, type RunOptions } from "./run-options.js";
import type { ShowOptions } from "./show-run.js";
import type { CommandContext, ExitCode } from "./terminal.js";

interface AllocOptions extends RunOptions, Pick<ShowOptions, "markdown"> {
	readonly with: string;
}

const DEFAULTS = { duration: "3s", warmup: "1500ms" } as const;

export function defineAlloc(command: Command): Command {
	return addRunOptions(
		command
			.description(
				"What does a request allocate, and where? Bytes, objects and pauses of the collector per request from clean loads, what\nstays on the heap, and a flamegraph of allocations.",
			)
			.argument("[endpoint]", `/path or METHOD:/path (default: ${DEFAULT_ENDPOINT} of the reference gateway)`)
			.option("--with <collectors>", `profilers, one after the other: ${allocationCollectors.join(", ")}`, "heap")
			.option("--markdown [file]", "Markdown instead of tables; with a file, appended to it"),
		DEFAULTS,
	);
}

export async function runAlloc(
	[endpoint]: readonly string[],
	options: AllocOptions,
	context: CommandContext,
): Promise<ExitCode> {
	const plan = await planWindows(options, context, DEFAULTS);
	const request = await profiledEndpoint(endpoint, "alloc", options, plan, context);
	const names = parseCollectors(options.with, allocationCollectors, {
		refusal: (name) => `"${name}" does not see allocations`,
		takes: allocationCollectors.join(", "),
	});
	const { v8HeapCounting } = await import("#src/collect/v8-heap.js");
	// Of the heap sampler, the one that counts every object as well.
	const collectors = (await loadNamedCollectors(names)).map((each) =>
		each.name === v8HeapCounting.name ? v8HeapCounting : each,
	);
	const { investigateAlloc, realWorld, showOutcome } = await measuringParts(import("#src/investigate/alloc.js"));
	return showOutcome(await investigateAlloc({ ...plan, endpoint: request, collectors }, realWorld), options, context);
}
