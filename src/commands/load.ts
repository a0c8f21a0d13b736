import type { Command } from "commander";
import { usageError } from "../errors.js";
import { investigateLoad } from "../investigate/load.js";
import { addRunOptions, endpointsOf, planRun, type RunOptions } from "./run-options.js";
import { showOutcome } from "./show-run.js";
import type { CommandContext, ExitCode } from "./terminal.js";

/** The endpoints of the published baseline. */
const DEFAULT_ENDPOINTS = ["/health/live", "/health", "/metrics"];

export function defineLoad(command: Command): Command {
	return addRunOptions(
		command
			.summary("how fast is it?")
			.description("How fast is it? Percentiles, throughput and CPU per request of each endpoint, without a profiler.")
			.argument(
				"[endpoints...]",
				`/path or METHOD:/path (default: ${DEFAULT_ENDPOINTS.join(" ")} of the reference gateway)`,
			),
	);
}

export async function runLoad(
	texts: readonly string[],
	options: RunOptions,
	context: CommandContext,
): Promise<ExitCode> {
	const plan = planRun("load", options, context);
	if (texts.length === 0 && plan.target.kind !== "gateway") {
		throw usageError("which endpoints of your server?", "write az-prof load /path -- node server.js");
	}
	const [first, ...rest] = endpointsOf(texts.length === 0 ? DEFAULT_ENDPOINTS : texts, options, context);
	if (first === undefined) throw new RangeError("no endpoint");
	return showOutcome(await investigateLoad({ ...plan, endpoints: [first, ...rest] }), options, context);
}
