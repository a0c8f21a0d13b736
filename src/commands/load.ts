import type { Command } from "commander";
import { usageError } from "../errors.js";
import type { HarnessChoice } from "../investigate/harness.js";
import { investigateLoad } from "../investigate/load.js";
import { parseDuration } from "./parse.js";
import { addRunOptions, endpointsOf, planWindows, type RunOptions } from "./run-options.js";
import { showOutcome } from "./show-run.js";
import type { CommandContext, ExitCode } from "./terminal.js";

/** The endpoints of the published baseline. */
const DEFAULT_ENDPOINTS = ["/health/live", "/health", "/metrics"];

interface LoadCommandOptions extends RunOptions {
	/** True where no way is named. */
	readonly agentLoop?: string | true;
	readonly poll: string;
	readonly streamTime: string;
}

export function defineLoad(command: Command): Command {
	return addRunOptions(
		command
			.summary("how fast is it?")
			.description("How fast is it? Percentiles, throughput and CPU per request of each endpoint, without a profiler.")
			.argument(
				"[endpoints...]",
				`/path, METHOD:/path or WS:/path (default: ${DEFAULT_ENDPOINTS.join(" ")} of the reference gateway)`,
			)
			.option(
				"--agent-loop [how]",
				"follow what each request starts until it is finished, by poll or stream, and show the gateway's overhead (default: poll)",
			)
			.option("--poll <time>", "with --agent-loop poll: how long between two looks", "20ms")
			.option("--stream-time <time>", "read an endless stream of events this long, then open a new one", "1s"),
	);
}

export async function runLoad(
	texts: readonly string[],
	options: LoadCommandOptions,
	context: CommandContext,
): Promise<ExitCode> {
	const plan = planWindows("load", options, context);
	if (texts.length === 0 && plan.target.kind !== "gateway") {
		throw usageError("which endpoints of your server?", "write az-prof load /path -- node server.js");
	}
	const [first, ...rest] = endpointsOf(texts.length === 0 ? DEFAULT_ENDPOINTS : texts, options, context, true);
	if (first === undefined) throw new RangeError("no endpoint");
	const outcome = await investigateLoad({ ...plan, endpoints: [first, ...rest], harness: harnessChoiceOf(options) });
	return showOutcome(outcome, options, context);
}

function harnessChoiceOf({ agentLoop, poll, streamTime }: LoadCommandOptions): HarnessChoice {
	const follow = agentLoop === true ? "poll" : agentLoop;
	if (follow !== undefined && follow !== "poll" && follow !== "stream") {
		throw usageError(`--agent-loop "${follow}" is not a way to follow a run`, "write --agent-loop poll or stream");
	}
	return {
		agentLoop: follow === undefined ? null : { follow, pollMs: parseDuration(poll, "--poll") },
		streamMs: parseDuration(streamTime, "--stream-time"),
	};
}
