import type { Command } from "commander";
import { usageError } from "#src/errors.js";
import { MOST_CONNECTIONS } from "#src/load/order/order.js";
import type { ClosedLoad, Load, OpenLoad } from "#src/model/load.js";
import { parseDuration, parseDurationOrZero, parseRate, parseWhole } from "./parse.js";

/** The options that say how a target is loaded, as commander hands them over. */
export interface LoadOptions {
	readonly concurrency?: string;
	readonly duration?: string;
	readonly warmup?: string;
	readonly timeout: string;
	readonly rate?: string;
	readonly arrivals?: string;
	readonly maxInFlight?: string;
	readonly seed?: string;
	/** Of load alone: the rate is looked for. */
	readonly findLimit?: boolean;
}

/** What a command takes where neither an option nor the environment says so, if not what the others take. */
export interface LoadDefaults {
	readonly clients?: string;
	readonly duration?: string;
	readonly warmup?: string;
	/** How the option is called that the duration is given by, where that is not --duration. */
	readonly durationOption?: string;
}

const DEFAULT_CLIENTS = "64";
const DEFAULT_DURATION = "10s";
const DEFAULT_WARMUP = "2s";
/** A warm-up may take this many times what was asked for, until the cost of a request is flat. */
const WARMUP_STRETCH = 3;
/** What is in flight at most, where nothing is said: what a second of the rate brings, but at least and at most … */
const IN_FLIGHT = { least: 1_000, most: MOST_CONNECTIONS } as const;
const LARGEST_SEED = 2 ** 32 - 1;

export const addConcurrencyOption = (command: Command, { clients }: LoadDefaults): Command =>
	command.option(
		"-c, --concurrency <clients>",
		`connections, one request each (default: ${clients ?? DEFAULT_CLIENTS}, AZ_LOAD_CONCURRENCY)`,
	);

/** For commands that measure one window of a given length, in a closed or an open loop. */
export const addWindowOptions = (command: Command, { duration, warmup }: LoadDefaults): Command =>
	command
		.option(
			"-d, --duration <time>",
			`measured window: 500ms, 10s, 2m (default: ${duration ?? DEFAULT_DURATION}, AZ_LOAD_DURATION_SECS)`,
		)
		.option(
			"--warmup <time>",
			`shortest warm-up; goes on until flat, at most ${WARMUP_STRETCH} times as long (default: ${warmup ?? DEFAULT_WARMUP})`,
		)
		.option("-r, --rate <requests>", "open loop: so many requests a second at planned times, whatever the answers do")
		.option("--arrivals <kind>", "with --rate: constant, or poisson (default: constant)")
		.option(
			"--max-in-flight <requests>",
			"with --rate: due and unanswered; what is beyond is counted as missed (default: a second of the rate, 1,000 to 10,000)",
		)
		.option("--seed <number>", "with --arrivals poisson: plans the same times again (default: a new one)");

/** A closed loop, or an open one where a rate is given. */
export function loadOf(options: LoadOptions, env: Readonly<NodeJS.ProcessEnv>, defaults: LoadDefaults): Load {
	const closed = closedLoadOf(options, env, defaults);
	if (options.rate === undefined) {
		if (options.findLimit) return closed;
		for (const name of ["arrivals", "maxInFlight", "seed"] as const) {
			if (options[name] !== undefined) {
				throw usageError(
					`--${name === "maxInFlight" ? "max-in-flight" : name} is for an open loop`,
					"give --rate as well",
				);
			}
		}
		return closed;
	}
	if (options.concurrency !== undefined) {
		throw usageError(
			"--rate and --concurrency are two kinds of load",
			"give one of them; --max-in-flight bounds how many connections an open loop opens",
		);
	}
	return openLoadOf(options, closed);
}

/** An open loop of the same window. Without a rate it is one that is looked for, and planned for the highest there may be. */
export function openLoadOf(options: LoadOptions, { durationMs, warmupMs, warmupMaxMs, timeoutMs }: Load): OpenLoad {
	const ratePerSecond = options.rate === undefined ? IN_FLIGHT.most : parseRate(options.rate);
	const window = { durationMs, warmupMs, warmupMaxMs, timeoutMs };
	return { kind: "open", ratePerSecond, ...openOptions(options, ratePerSecond), ...window };
}

function openOptions({ arrivals = "constant", maxInFlight, seed }: LoadOptions, ratePerSecond: number) {
	if (arrivals !== "constant" && arrivals !== "poisson") {
		throw usageError(`--arrivals "${arrivals}" is not one`, "write constant or poisson");
	}
	const aSecond = Math.min(IN_FLIGHT.most, Math.max(IN_FLIGHT.least, Math.ceil(ratePerSecond)));
	return {
		arrivals,
		maxInFlight: maxInFlight === undefined ? aSecond : parseWhole(maxInFlight, "--max-in-flight", 1, IN_FLIGHT.most),
		seed: seed === undefined ? Math.floor(Math.random() * LARGEST_SEED) : parseWhole(seed, "--seed", 0, LARGEST_SEED),
	} as const;
}

export function closedLoadOf(
	options: LoadOptions,
	env: Readonly<NodeJS.ProcessEnv>,
	defaults: LoadDefaults,
): ClosedLoad {
	const ofEnvironment = env.AZ_LOAD_DURATION_SECS ? `${env.AZ_LOAD_DURATION_SECS}s` : undefined;
	const duration = options.duration ?? ofEnvironment ?? defaults.duration ?? DEFAULT_DURATION;
	const warmupMs = parseDurationOrZero(options.warmup ?? defaults.warmup ?? DEFAULT_WARMUP, "--warmup");
	const clients = parseWhole(
		options.concurrency ?? (env.AZ_LOAD_CONCURRENCY || (defaults.clients ?? DEFAULT_CLIENTS)),
		options.concurrency === undefined && env.AZ_LOAD_CONCURRENCY ? "AZ_LOAD_CONCURRENCY" : "--concurrency",
		1,
		MOST_CONNECTIONS,
	);
	return {
		kind: "closed",
		clients,
		durationMs: parseDuration(
			duration,
			options.duration === undefined ? "AZ_LOAD_DURATION_SECS" : (defaults.durationOption ?? "--duration"),
		),
		warmupMs,
		warmupMaxMs: warmupMs * WARMUP_STRETCH,
		timeoutMs: parseDuration(options.timeout, "--timeout"),
	};
}
