import type { Command } from "commander";
import { usageError } from "#src/errors.js";
import type { LimitSearch } from "#src/investigate/find-limit.js";
import type { HarnessChoice } from "#src/investigate/harness.js";
import { MOST_CONNECTIONS } from "#src/load/order/order.js";
import type { Load } from "#src/model/load.js";
import type { LoadRun } from "#src/model/run.js";
import { openLoadOf } from "./load-options.js";
import { measuringParts } from "./measuring-parts.js";
import { parseDuration, parseList, parseSlo, parseWhole } from "./parse.js";
import { addRunOptions, endpointsOf, planWindows, type RunOptions } from "./run-options.js";
import type { ShowOptions } from "./show-run.js";
import type { CommandContext, ExitCode } from "./terminal.js";

/** The endpoints of the published baseline. */
const DEFAULT_ENDPOINTS = ["/health/live", "/health", "/metrics"];

interface LoadCommandOptions extends RunOptions, Pick<ShowOptions, "csv"> {
	/** True where no way is named. */
	readonly agentLoop?: string | true;
	readonly poll?: string;
	readonly streamTime: string;
	readonly sweep?: string;
	readonly findLimit?: boolean;
	readonly slo: string;
}

/** The windows of the published baseline. */
const SWEEP_DEFAULTS = { duration: "5s" } as const;
const DEFAULT_SLO = "p99<10ms";
const DEFAULT_POLL = "20ms";

export function defineLoad(command: Command): Command {
	return addRunOptions(
		command
			.description("How fast is it? Percentiles, throughput and CPU per request of each endpoint, without a profiler.")
			.argument(
				"[endpoints...]",
				`/path, METHOD:/path or WS:/path (default: ${DEFAULT_ENDPOINTS.join(" ")} of the reference gateway)`,
			)
			.option(
				"--agent-loop [how]",
				"follow what each request starts until it is finished, by poll or stream, and show the gateway's overhead (default: poll)",
			)
			.option("--poll <time>", `with --agent-loop poll: how long between two looks (default: ${DEFAULT_POLL})`)
			.option("--sweep <clients>", "every endpoint with each of these numbers of clients, 5 s each: 32,256")
			.option("--find-limit", "find the highest rate of each endpoint that holds --slo, and confirm it")
			.option("--slo <bound>", "with --find-limit: p99<10ms", DEFAULT_SLO)
			.option("--csv [file]", "the figures as CSV instead of tables; with a file, appended to it")
			.option("--stream-time <time>", "read an endless stream of events this long, then open a new one", "1s"),
	);
}

export async function runLoad(
	texts: readonly string[],
	options: LoadCommandOptions,
	context: CommandContext,
): Promise<ExitCode> {
	const plan = await planWindows(options, context, options.sweep === undefined ? {} : SWEEP_DEFAULTS);
	if (options.csv === true && options.json) throw usageError("--csv and --json both want stdout", "give --csv a file");
	if (texts.length === 0 && plan.target.kind !== "gateway") {
		throw usageError("which endpoints of your server?", "write az-prof load /path -- node server.js");
	}
	const [first, ...rest] = await endpointsOf(texts.length === 0 ? DEFAULT_ENDPOINTS : texts, options, context, true);
	if (first === undefined) throw new RangeError("no endpoint");
	const work = {
		...plan,
		endpoints: [first, ...rest] as const,
		harness: harnessChoiceOf(options),
		sweep: sweepOf(options, plan.load),
		limit: limitSearchOf(options, plan.load),
	};
	const { investigateLoad, realWorld, showOutcome } = await measuringParts(import("#src/investigate/load.js"));
	const outcome = await investigateLoad(work, realWorld);
	const code = await showOutcome(outcome, options, context);
	return code === 0 ? limitCode(outcome.record) : code;
}

function sweepOf({ sweep, concurrency }: LoadCommandOptions, load: Load): readonly number[] | null {
	if (sweep === undefined) return null;
	if (load.kind === "open")
		throw usageError("--sweep is of closed loops and --rate of an open one", "give one of them");
	if (concurrency !== undefined) throw usageError("--sweep and --concurrency both name clients", "give one of them");
	const clients = parseList(sweep).map((text) => parseWhole(text, "--sweep", 1, MOST_CONNECTIONS));
	if (new Set(clients).size < 2)
		throw usageError(`--sweep "${sweep}" names one number of clients`, "write --sweep 32,256");
	return [...new Set(clients)].sort((a, b) => a - b);
}

function limitSearchOf(options: LoadCommandOptions, load: Load): LimitSearch | null {
	if (!options.findLimit) {
		if (options.slo !== DEFAULT_SLO) throw usageError("--slo is for --find-limit", "give --find-limit as well");
		return null;
	}
	if (options.sweep !== undefined)
		throw usageError("--find-limit and --sweep are two investigations", "give one of them");
	if (options.agentLoop !== undefined)
		throw usageError("--find-limit is of requests, not of agents' loops", "leave --agent-loop out");
	if (options.concurrency !== undefined)
		throw usageError("--find-limit loads at rates, not with clients", "leave --concurrency out");
	const startPerSecond = load.kind === "open" ? load.ratePerSecond : null;
	return { slo: parseSlo(options.slo), startPerSecond, load: openLoadOf(options, load) };
}

/** 1: an endpoint holds its SLO at no rate; 3: that could not be told. */
function limitCode({ limits }: LoadRun): ExitCode {
	const open = limits.filter(({ ratePerSecond }) => ratePerSecond === null);
	if (open.length === 0) return 0;
	return open.some(({ steps }) => steps.every(({ verdict }) => verdict === "not held")) ? 1 : 3;
}

function harnessChoiceOf({ agentLoop, poll, streamTime }: LoadCommandOptions): HarnessChoice {
	const follow = agentLoop === true ? "poll" : agentLoop;
	if (follow !== undefined && follow !== "poll" && follow !== "stream") {
		throw usageError(`--agent-loop "${follow}" is not a way to follow a run`, "write --agent-loop poll or stream");
	}
	if (poll !== undefined && follow !== "poll") {
		throw usageError("--poll is for an agent's loop that polls", "give --agent-loop poll as well, or leave it out");
	}
	return {
		agentLoop: follow === undefined ? null : { follow, pollMs: parseDuration(poll ?? DEFAULT_POLL, "--poll") },
		streamMs: parseDuration(streamTime, "--stream-time"),
	};
}
