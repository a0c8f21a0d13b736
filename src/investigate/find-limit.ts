import { findingsOfMeasurement } from "#src/analyse/findings/measurement.js";
import { percentileOf } from "#src/analyse/latency/judged-latency.js";
import { smallestSampleFor } from "#src/analyse/latency/percentiles.js";
import { type Harness, HIGHEST_RATE_PER_SECOND } from "#src/load/order/order.js";
import type { OpenLoad } from "#src/model/load.js";
import type { Window } from "#src/model/measurement.js";
import type { LimitStep, RateLimit, Slo } from "#src/model/rate-limit.js";
import { type EndpointRequest, endpointName } from "#src/target/endpoint.js";
import type { RunningTarget } from "#src/target/target.js";
import type { KeepEvidence } from "./found.js";
import type { MeasureOptions, OpenRun } from "./open-run.js";

/** How the highest rate that holds an SLO is looked for. */
export interface LimitSearch {
	readonly slo: Slo;
	/** Arrivals, in flight, duration of the confirming window; its rate is where the search begins, or null. */
	readonly load: OpenLoad;
	readonly startPerSecond: number | null;
}

/** What is loaded, and how. */
interface Loaded {
	readonly run: OpenRun;
	readonly target: RunningTarget;
	readonly endpoint: EndpointRequest;
	readonly harness: Harness;
	/** Is handed every window of the search. */
	readonly keep: KeepEvidence;
}

const BURST = { clients: 64, warmupMs: 500, durationMs: 1_000 } as const;
/** A burst of a closed loop finds the capacity; latency is good well below it. */
const FIRST_SHARE = 0.5;
const MOST_STEPS = 10;
const MOST_CONFIRMATIONS = 4;
/** The search ends when the rate that holds and the one that does not are this close. */
const CLOSE_ENOUGH = 1.08;
/** A rate that was not confirmed is lowered by this much. */
const STEP_DOWN = 0.92;
const GROWTH = 1.6;
/** In flight at most: what a second of the rate brings, but at least this, and not more than was asked for. */
const LEAST_IN_FLIGHT = 1_000;
const LOWEST_RATE = 1;
const STEP = { shortestMs: 1_500, longestMs: 10_000, warmupMs: 500 } as const;
/** A rate is kept when this share of the requests was answered, and this share of the answers was good. */
const ANSWERED = 0.98;
const GOOD = 0.99;

/**
 * The highest rate at which a percentile of the response time stays below a bound: a burst for the capacity, then steps
 * between the highest rate that held and the lowest that did not, then a window of full length that confirms it. One that does not
 * confirm lowers the rate.
 */
export async function findLimit(loaded: Loaded, search: LimitSearch): Promise<RateLimit> {
	const steps: LimitStep[] = [];
	const limit = (ratePerSecond: number | null): RateLimit => ({
		endpoint: endpointName(loaded.endpoint),
		slo: search.slo,
		steps,
		ratePerSecond,
		failsAtPerSecond: lowestThatFails(steps, ratePerSecond),
	});
	const tried = async (ratePerSecond: number, confirms: boolean): Promise<LimitStep> => {
		const step = await tryRate(loaded, search, ratePerSecond, confirms, steps.length + 1);
		steps.push(step);
		return step;
	};

	let held = 0;
	let failed = Number.POSITIVE_INFINITY;
	let rate = rounded(search.startPerSecond ?? FIRST_SHARE * (await capacity(loaded)));
	for (let step = 0; step < MOST_STEPS && rate >= LOWEST_RATE && rate <= HIGHEST_RATE_PER_SECOND; step++) {
		if ((await tried(rate, false)).verdict === "held") held = rate;
		else failed = rate;
		if (failed / held <= CLOSE_ENOUGH) break;
		rate = rounded(
			held === 0
				? failed / GROWTH ** 2
				: failed === Number.POSITIVE_INFINITY
					? held * GROWTH
					: Math.sqrt(held * failed),
		);
	}
	for (let step = 0; step < MOST_CONFIRMATIONS && held >= LOWEST_RATE; step++) {
		const { verdict } = await tried(held, true);
		if (verdict === "held") return limit(held);
		held = rounded(held * STEP_DOWN);
	}
	return limit(null);
}

/** Requests a second of a closed loop, in a window that is not kept. */
async function capacity({ run, target, endpoint, harness, keep }: Loaded): Promise<number> {
	run.plan.say(`capacity of ${endpointName(endpoint)}`);
	const options = { endpoint, harness, collector: null, aside: { label: "burst", ...BURST } };
	const burst = await run.measure(target, options, keep);
	return Math.max(LOWEST_RATE, burst.requestsPerSecond);
}

async function tryRate(
	{ run, target, endpoint, harness, keep }: Loaded,
	{ slo, load }: LimitSearch,
	ratePerSecond: number,
	confirms: boolean,
	number: number,
): Promise<LimitStep> {
	const label = `${confirms ? "confirming" : "trying"} ${ratePerSecond.toLocaleString("en-US")} requests/s`;
	run.plan.say(`${label} on ${endpointName(endpoint)}`);
	const neededMs = (1.2 * smallestSampleFor(slo.quantile) * 1e3) / ratePerSecond;
	const options: MeasureOptions = {
		endpoint,
		harness,
		collector: null,
		label: `at ${ratePerSecond.toLocaleString("en-US")} requests/s (${number})`,
		isJudged: false,
		boundNs: slo.maxNs,
		load: {
			...load,
			ratePerSecond,
			maxInFlight: Math.min(load.maxInFlight, Math.max(LEAST_IN_FLIGHT, Math.ceil(ratePerSecond))),
			durationMs: confirms
				? Math.max(load.durationMs, STEP.shortestMs)
				: Math.min(STEP.longestMs, Math.max(STEP.shortestMs, neededMs)),
			...(confirms ? {} : { warmupMs: STEP.warmupMs, warmupMaxMs: STEP.warmupMs }),
		},
	};
	const measurement = await run.measure(target, options, keep);
	const latency = percentileOf(measurement, slo.quantile) ?? null;
	const verdict = verdictOf(measurement, slo);
	if (confirms && verdict === "held") keep({ findings: findingsOfMeasurement(measurement) });
	return {
		measurementId: measurement.id,
		ratePerSecond,
		answeredPerSecond: measurement.measuredNs === 0 ? 0 : (measurement.counts.attempted / measurement.measuredNs) * 1e9,
		within: measurement.within ?? null,
		latency: latency === null ? null : { valueNs: latency.valueNs, lowNs: latency.lowNs, highNs: latency.highNs },
		verdict,
		confirms,
	};
}

/** Held: the rate was kept, and surely so many answers were within the bound. */
export function verdictOf(measurement: Pick<Window, "counts" | "tallies" | "within">, slo: Slo): LimitStep["verdict"] {
	const { counts, tallies, within } = measurement;
	const planned = tallies.planned ?? 0;
	const kept =
		planned > 0 &&
		counts.attempted >= ANSWERED * planned &&
		counts.ok >= GOOD * counts.attempted &&
		(tallies.missed ?? 0) === 0;
	if (!kept) return "not held";
	if (within == null) return "cannot tell";
	if (within.low !== null && within.low >= slo.quantile) return "held";
	return within.high !== null && within.high < slo.quantile ? "not held" : "cannot tell";
}

const lowestThatFails = (steps: readonly LimitStep[], above: number | null): number | null => {
	const rates = steps.flatMap(({ verdict, ratePerSecond }) =>
		verdict === "not held" && ratePerSecond > (above ?? 0) ? ratePerSecond : [],
	);
	return rates.length === 0 ? null : Math.min(...rates);
};

/** Three digits: more would promise what a search cannot hold. */
const rounded = (rate: number): number => Number(rate.toPrecision(3));
