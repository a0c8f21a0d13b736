import { pacingLagOf } from "#src/analyse/latency/judged-latency.js";
import type { Finding } from "#src/model/finding.js";
import type { ClientCeiling } from "#src/model/client-ceiling.js";
import type { LimitStep, RateLimit } from "#src/model/rate-limit.js";
import type { Measurement } from "#src/model/measurement.js";
import type { RunRecord } from "#src/model/run.js";
import { latencyLabel } from "#src/report/labels/latency.js";
import {
	capitalized,
	formatCount,
	formatNs,
	formatQuantile,
	formatRate,
	formatWholePercent,
	NO_FIGURE,
} from "#src/report/numbers/format.js";

/** "p99 < 10 ms" */
const sloText = ({ slo }: RateLimit): string => `${formatQuantile(slo.quantile)} < ${formatNs(slo.maxNs)}`;

/** "p99 7.9 ms [7.5 ms … 8.4 ms]" */
export function stepLatency({ latency }: LimitStep, { slo }: RateLimit): string {
	if (latency === null) return NO_FIGURE;
	const interval =
		latency.lowNs === null || latency.highNs === null
			? ""
			: ` [${formatNs(latency.lowNs)} … ${formatNs(latency.highNs)}]`;
	return `${formatQuantile(slo.quantile)} ${formatNs(latency.valueNs)}${interval}`;
}

/** "99.7 % [99.4–99.9] within 10 ms" */
export function stepShare({ within }: LimitStep, { slo }: RateLimit): string {
	if (within === null) return NO_FIGURE;
	const { share, low, high } = within;
	const interval = low === null || high === null ? "" : ` [${digits(low, 2)}–${digits(high, 2)}]`;
	return `${digits(share, 2)} %${interval} within ${formatNs(slo.maxNs)}`;
}

const digits = (share: number, places: number): string => (100 * share).toFixed(places);

/** "held, confirming" */
export const stepVerdict = ({ verdict, confirms }: LimitStep): string => `${verdict}${confirms ? ", confirming" : ""}`;

/** The answer of a search for the highest rate, in a sentence. */
export function limitSentence(limit: RateLimit): string {
	const { endpoint, ratePerSecond, failsAtPerSecond, steps } = limit;
	const confirmed = steps.findLast(({ confirms, verdict }) => confirms && verdict === "held");
	if (ratePerSecond !== null && confirmed !== undefined) {
		const above = failsAtPerSecond === null ? "" : `; at ${formatRate(failsAtPerSecond)} it does not`;
		return `${endpoint} holds ${sloText(limit)} up to ${formatRate(ratePerSecond)} requests/s (${stepLatency(confirmed, limit)})${above}.`;
	}
	const lowest = steps.reduce((least, step) => Math.min(least, step.ratePerSecond), Number.POSITIVE_INFINITY);
	if (steps.length === 0) return `No rate was tried on ${endpoint}.`;
	return steps.every(({ verdict }) => verdict === "not held")
		? `${endpoint} does not hold ${sloText(limit)} at any rate that was tried, down to ${formatRate(lowest)} requests/s.`
		: `At which rate ${endpoint} holds ${sloText(limit)} cannot be told: no rate was confirmed. A longer --duration helps.`;
}

/** What a sweep found, in short; null where there was none. */
export function sweepSentence(findings: readonly Finding[]): string | null {
	const scaling = findings.filter(({ code }) => code.startsWith("CAPPED_") || code === "SCALING_UNCLEAR");
	if (scaling.length === 0) return null;
	const short = scaling.map(({ sentence }) => sentence.split(/[.:] /)[0]);
	const others = findings.filter(({ code }) => ["NOT_GRACEFUL", "RELATIVE_COST", "LONG_TAIL"].includes(code));
	return [...short.map((each) => `${each}.`), ...others.map(({ sentence }) => sentence)].join(" ");
}

/** Was it the client? What it had to do, and what it can do at most here. */
export function clientSentence({ measurements, findings }: RunRecord, client: ClientCeiling): string {
	const bound = findings.some(({ code }) => code === "GENERATOR_BOUND" || code === "GENERATOR_NEAR_CEILING");
	const verdict = bound
		? "The client may have been the bottleneck, see below"
		: `The client was not the bottleneck: ${[...busyClauses(measurements)].join(", ")}`;
	return `${verdict}. Against a server that does nothing it reaches ${formatRate(client.requestsPerSecond)} requests/s here and reads ${formatNs(client.floorP50Ns)} at least (median of one client).`;
}

function* busyClauses(measurements: readonly Measurement[]): Generator<string> {
	const closed = measurements.filter(({ load }) => load.kind === "closed");
	if (closed.length > 0) {
		const busiest = Math.max(...closed.map(({ generator }) => generator.cpuUtilization));
		yield `its core was at most ${formatWholePercent(Math.min(1, busiest))} busy`;
	}
	const lags = measurements.flatMap((each) => pacingLagOf(each)?.valueNs ?? []);
	if (lags.length > 0) yield `its own lag was at most ${formatNs(Math.max(...lags))} at p99`;
}

/** How the latencies of these measurements were taken, for the line under their table. */
export function loadMethod(measurements: readonly Measurement[]): string {
	const closed = measurements.some(({ load }) => load.kind === "closed");
	const open = measurements.find(({ load }) => load.kind === "open")?.load;
	const labels = [...new Set(measurements.map(latencyLabel))];
	const parts = [`${labels.map((label, index) => (index === 0 ? capitalized(label) : label)).join(" and ")} in ms`];
	if (closed) parts.push("closed loop: each client waits for its answer");
	if (open?.kind === "open") {
		parts.push(
			`open loop, ${open.arrivals} arrivals${open.arrivals === "poisson" ? ` (seed ${open.seed})` : ""}: response time from the planned start, with what was missed left out, at most ${formatCount(open.maxInFlight)} in flight`,
		);
	}
	return `${parts.join("; ")}.`;
}
