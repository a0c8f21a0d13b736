import type { Command } from "commander";
import { usageError } from "#src/errors.js";
import type { CompareDesign } from "#src/investigate/compare-design.js";
import type { ClosedRunPlan } from "#src/investigate/run.js";
import type { Arrivals } from "#src/model/load.js";
import { type MetricName, metricNames } from "#src/model/metric-names.js";
import { parseDuration, parseList, parseRate, parseWhole } from "./parse.js";

/** Options of how sides are measured, for every command that compares. */
export interface DesignOptions {
	readonly within: string;
	readonly asIs?: boolean;
	readonly seed?: string;
	readonly set?: string;
	readonly warmupRequests?: string;
	readonly lightClients?: string;
	readonly lightRate?: string;
	readonly failFast?: boolean;
}

/** Clients of each side; with more of them, the draining at the end of a slice would make up much of it. */
export const COMPARED_CLIENTS = "32";

/** Measured with 64 MiB: docs/method.md. */
const SEMI_SPACE_MIB = 64;

/** The smallest change that matters, where the user does not say: relative, of shares a difference. */
const DEFAULT_MARGINS: Readonly<Record<MetricName, number>> = {
	errors: 0.001,
	p50: 0.05,
	p90: 0.1,
	p99: 0.15,
	"p99.9": 0.25,
	"loaded-p50": 0.05,
	"loaded-p99": 0.15,
	"loaded-slow": 0.02,
	cpu: 0.02,
	alloc: 0.02,
};
const DEFAULT_WEIGHTS: Readonly<Record<MetricName, number>> = {
	errors: 0.1,
	p50: 0.2,
	p90: 0.05,
	p99: 0.1,
	"p99.9": 0.05,
	"loaded-p50": 0.05,
	"loaded-p99": 0.05,
	"loaded-slow": 0.1,
	cpu: 0.3,
	alloc: 0.1,
};
/** The median under load is CPU once more, through a queue, so it is not judged unless the user names it. */
const NOT_JUDGED_UNASKED: readonly MetricName[] = ["loaded-p50"];
/** So noisy that a run must not wait for them: they speak up when they differ. */
const TAILS: readonly MetricName[] = ["p90", "p99", "p99.9", "loaded-p99", "loaded-slow"];
const DEFAULT_PRIMARY: readonly MetricName[] = ["cpu", "alloc", "p50"];

/** How every comparison is measured; what can be changed by options is left out. */
export const MEASURING = {
	sliceMs: 15,
	warmupRequests: 6_000,
	warmupMaxMs: 4_000,
	alpha: 0.01,
	noChangeAlpha: 0.05,
	firstLook: 6,
} as const;

export function addDesignOptions(command: Command): Command {
	return addLightOptions(
		command
			.option("--as-is", "leave V8's young generation as Node has it (less certain)")
			.option("--set <time>", "measured time of one pair of processes (default: by --within)")
			.option(
				"--warmup-requests <number>",
				`answers of each process before it is measured (default: ${MEASURING.warmupRequests})`,
			),
	).option("--seed <number>", "of every random order");
}

export const addLightOptions = (command: Command): Command =>
	command
		.option("--light-clients <number>", "clients of the light slices, whose latencies are judged (default: 1)")
		.option("--light-rate <number/s>", "instead: requests at random times, as many a second as production has: 200/s");

/** @throws KnownError USAGE */
export function lightLoadOf({ lightClients, lightRate }: Pick<DesignOptions, "lightClients" | "lightRate">): Arrivals {
	if (lightRate === undefined) {
		const clients = lightClients === undefined ? 1 : parseWhole(lightClients, "--light-clients", 1, MOST_LIGHT_CLIENTS);
		return { kind: "closed", clients };
	}
	if (lightClients !== undefined) {
		throw usageError("both --light-clients and --light-rate say how light slices load", "give one of them");
	}
	const ratePerSecond = parseRate(lightRate, "--light-rate");
	return {
		kind: "open",
		ratePerSecond,
		arrivals: "poisson",
		seed: LIGHT_SEED,
		maxInFlight: inFlightFor(ratePerSecond),
	};
}

const SHORTEST_SET_MS = 800;
const LONGEST_SET_MS = 1_500;
const SETS_TO_FIT = 20;

/** How long the first pair of processes is measured before it is replaced; it shows how long the others should be. */
const setLength = (withinMs: number): number =>
	Math.min(LONGEST_SET_MS, Math.max(SHORTEST_SET_MS, withinMs / SETS_TO_FIT));

/**
 * The design of a comparison.
 * @param asked the margins that the user named; then only those metrics are judged
 */
export function designOf(
	options: DesignOptions,
	plan: ClosedRunPlan,
	asked: Readonly<Partial<Record<MetricName, number>>> | null,
): CompareDesign {
	const withinMs = parseDuration(options.within, "--within");
	const judged: readonly MetricName[] =
		asked === null
			? metricNames.filter((metric) => !NOT_JUDGED_UNASKED.includes(metric))
			: metricNames.filter((metric) => asked[metric] !== undefined);
	const steady = judged.filter((metric) => !TAILS.includes(metric));
	return {
		...MEASURING,
		withinMs,
		setMs: options.set === undefined ? setLength(withinMs) : parseDuration(options.set, "--set"),
		setIsGiven: options.set !== undefined,
		warmupRequests:
			options.warmupRequests === undefined
				? MEASURING.warmupRequests
				: parseWhole(options.warmupRequests, "--warmup-requests", 1, 1_000_000),
		clients: plan.load.clients,
		light: lightLoadOf(options),
		seed: options.seed === undefined ? randomSeed() : parseWhole(options.seed, "--seed", 0, 2 ** 32 - 1),
		semiSpaceMiB: options.asIs === true ? null : SEMI_SPACE_MIB,
		margins: { ...DEFAULT_MARGINS, ...asked },
		weights: Object.fromEntries(judged.map((metric) => [metric, DEFAULT_WEIGHTS[metric]])),
		primary: asked === null ? DEFAULT_PRIMARY : steady.length > 0 ? steady : judged,
		failFast: options.failFast === true,
		explains: false,
		untilTimeIsOver: false,
	};
}

/** Beyond, it is no light load. */
const MOST_LIGHT_CLIENTS = 1_000;
/** As many as come in a second. */
const inFlightFor = (ratePerSecond: number): number => Math.min(1_000, Math.max(16, Math.ceil(ratePerSecond)));
/** Both sides get the same arrivals. */
const LIGHT_SEED = 1;

export const randomSeed = (): number => Math.floor(Math.random() * 2 ** 32);

/** "cpu=5%,p99=10%" */
export function parseMargins(text: string): Partial<Record<MetricName, number>> {
	const margins: Partial<Record<MetricName, number>> = {};
	for (const part of parseList(text)) {
		const match = /^([a-z0-9.-]+)\s*=\s*(\d+(?:\.\d+)?)\s*%$/.exec(part);
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
