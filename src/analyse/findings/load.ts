import { atQuantile, pacingLagOf, percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { Finding } from "#src/model/finding.js";
import type { Measurement } from "#src/model/measurement.js";
import { TARGET_FULL, targetShareOf } from "./target-share.js";

/** Was it the client, the target, or neither? What a load says about itself (docs/load.md has the rules in words). */

/** The generator's core is full above this share; then it, and not the target, may set the pace. */
const GENERATOR_FULL = 0.9;
/** A generator that was runnable without a core for this share of the window was late for that long. */
const GENERATOR_STARVED = 0.2;
/** A client of a closed loop always waits for an answer; where it does for less than this share, it is late itself. */
const CLIENTS_WAITING = 0.85;
/** A request that the generator itself sends this late, and by this share of what is measured, distorts it. */
const LATE_NS = 1e6;
const LATE_SHARE = 0.1;
/** An open loop whose answers come at this share of its rate holds it. */
const RATE_HELD = 0.98;
/** Latency that grows by this factor from the first to the last quarter of a window: a queue that only grows. */
const QUEUE_GROWS = 2;
/** An answer that takes this long, and so many times as long as p99, is a stall and not a tail. */
const STALL_NS = 100e6;
const STALL_TIMES_P99 = 3;
/** Seconds at the start of a window that each cost this much more than every later one. */
const COLD_SHARE = 1.1;
/** A server that ends more of its connections than this share of its answers does not keep them. */
const CONNECTIONS_REPLACED = 0.1;

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
const count = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });
const time = (ns: number): string => (ns >= 1e9 ? `${(ns / 1e9).toPrecision(3)} s` : `${(ns / 1e6).toPrecision(3)} ms`);

type Rule = (measurement: Measurement) => Finding | null;
const rules: readonly Rule[] = [
	generatorBound,
	connectionsNotKept,
	rateNotHeld,
	targetSaturated,
	unansweredAtEnd,
	stall,
	cold,
];

export const findingsOfLoad = (measurement: Measurement): Finding[] => rules.flatMap((rule) => rule(measurement) ?? []);

function generatorBound(measurement: Measurement): Finding | null {
	const { id, generator, load, windowNs } = measurement;
	const target = targetShareOf(measurement);
	const lag = pacingLagOf(measurement);
	const whole = percentileOf(measurement, 0.99);
	const waitShare = generator.runQueueWaitNs === null || windowNs === 0 ? 0 : generator.runQueueWaitNs / windowNs;
	const underWay = clientsWaitingShare(measurement);
	const figures = {
		generatorUtilization: generator.cpuUtilization,
		targetUtilization: target,
		generatorWaitShare: waitShare,
		pacingLagP99Ns: lag?.valueNs ?? null,
		clientsWaitingShare: underWay,
	};
	const say = (sentence: string): Finding => ({
		code: "GENERATOR_BOUND",
		severity: "warning",
		about: id,
		figures,
		sentence,
	});
	const bound = (why: string): Finding =>
		say(
			`The load generator itself was the bottleneck (${why}): throughput and latency of ${id} say more about the client than about the target. CPU per request stays valid.`,
		);
	if (load.kind === "open") {
		// It polls the clock, so its CPU is full whatever it sends; what tells is how late it is.
		const late =
			lag !== undefined && whole !== undefined && lag.valueNs > LATE_NS && lag.valueNs > LATE_SHARE * whole.valueNs;
		return late
			? say(
					`The load generator itself was late: ${time(lag.valueNs)} at p99, while the p99 of ${id} is ${time(whole.valueNs)} in all. That part of the tail is the client's; the service time is without it.`,
				)
			: null;
	}
	if (target !== null && target >= TARGET_FULL) return null;
	if (generator.cpuUtilization >= GENERATOR_FULL) {
		return bound(
			`${percent(generator.cpuUtilization)} of its core${target === null ? "" : `, the target used ${percent(target)} of one`}`,
		);
	}
	if (waitShare >= GENERATOR_STARVED) {
		return bound(`it waited for a core ${percent(waitShare)} of the time, which other processes had`);
	}
	return underWay !== null && underWay < CLIENTS_WAITING && !replacesConnections(measurement)
		? bound(
				`by Little's law its ${count(load.clients)} clients had a request under way only ${percent(underWay)} of the time`,
			)
		: null;
}

const replacesConnections = ({ harness, generator, counts }: Measurement): boolean =>
	harness === "http" && counts.ok > 0 && generator.reconnects >= CONNECTIONS_REPLACED * counts.ok;

/** Opening connections is what clients then do between requests, and it is in no latency. */
function connectionsNotKept(measurement: Measurement): Finding | null {
	const { id, load, generator, counts } = measurement;
	if (!replacesConnections(measurement)) return null;
	const underWay = clientsWaitingShare(measurement);
	const spent =
		underWay === null ? "" : `; clients had no request under way ${percent(Math.max(0, 1 - underWay))} of the time`;
	const told =
		load.kind === "open"
			? "Opening them is in the response time and not in the service time."
			: `Opening them is in no latency${spent}.`;
	return {
		code: "CONNECTIONS_NOT_KEPT",
		severity: "warning",
		about: id,
		figures: { reconnects: generator.reconnects, answers: counts.ok, clientsWaitingShare: underWay },
		sentence: `The target does not keep its connections: ${count(generator.reconnects)} were opened again for ${count(counts.ok)} answers of ${id}. ${told}`,
	};
}

/**
 * The share of the time in which the clients of a closed loop had a request under way: by Little's law throughput × mean
 * latency ÷ clients. A client that always waits for an answer has 1. Null where it says nothing: in an open loop, and where
 * clients pause after failures.
 */
function clientsWaitingShare({ load, counts, serviceTime, windowNs, harness }: Measurement): number | null {
	const isPlain = load.kind === "closed" && (harness === "http" || harness === "websocket");
	if (!isPlain || counts.ok < counts.attempted || serviceTime.meanNs === null || windowNs === 0) return null;
	return ((counts.ok / windowNs) * serviceTime.meanNs) / load.clients;
}

/** What an open loop planned, and what became of it; null for a closed one. */
function heldOf({ load, tallies, counts, unanswered }: Measurement) {
	if (load.kind === "closed") return null;
	const planned = tallies.planned ?? 0;
	const missed = tallies.missed ?? 0;
	return { planned, missed, waiting: unanswered.count, share: planned === 0 ? 1 : counts.attempted / planned };
}

function rateNotHeld(measurement: Measurement): Finding | null {
	const { id, load, windowNs, counts } = measurement;
	const held = heldOf(measurement);
	if (held === null || load.kind === "closed" || (held.share >= RATE_HELD && held.missed === 0)) return null;
	const achieved = (counts.attempted / windowNs) * 1e9;
	const lost = [
		held.missed === 0
			? ""
			: `${count(held.missed)} of ${count(held.planned)} were not sent, because ${count(load.maxInFlight)} were in flight`,
		held.waiting === 0 ? "" : `${count(held.waiting)} were still unanswered at the end`,
	].filter((part) => part !== "");
	return {
		code: "RATE_NOT_HELD",
		severity: held.share < RATE_HELD - 0.03 || held.missed > 0.01 * held.planned ? "problem" : "warning",
		about: id,
		figures: {
			plannedPerSecond: load.ratePerSecond,
			achievedPerSecond: achieved,
			missed: held.missed,
			waiting: held.waiting,
		},
		sentence: `${id} did not hold ${count(load.ratePerSecond)} requests/s: ${count(achieved)} a second were answered${lost.length === 0 ? "" : ` (${lost.join("; ")})`}. What was not sent is in no percentile.`,
	};
}

/** Whether the queue only grows: latency of the last quarter of the window against the first. */
function growth({ seconds }: Measurement): number | null {
	const quarter = Math.floor(seconds.length / 4);
	if (quarter === 0) return null;
	const middle = (part: Measurement["seconds"]): number | null => {
		const values = part.flatMap(({ p50Ns }) => p50Ns ?? []).sort((a, b) => a - b);
		return values[values.length >> 1] ?? null;
	};
	const first = middle(seconds.slice(0, quarter));
	const last = middle(seconds.slice(-quarter));
	return first === null || last === null || first === 0 ? null : last / first;
}

function targetSaturated(measurement: Measurement): Finding | null {
	const { id, load } = measurement;
	const held = heldOf(measurement);
	if (held === null || load.kind === "closed") return null;
	const grows = growth(measurement);
	const isBehind = held.missed > 0 || held.share < RATE_HELD;
	const target = targetShareOf(measurement);
	const isFull = target !== null && target >= TARGET_FULL;
	if (!isBehind && !(isFull && grows !== null && grows >= QUEUE_GROWS)) return null;
	if (target !== null && !isFull && generatorBound(measurement) !== null) return null;
	const by =
		target === null
			? "by what cannot be told, because its CPU is not visible"
			: isFull
				? `by CPU: it used ${percent(target)} of a core`
				: `but not by CPU, of which it used ${percent(target)} of a core: it waits for something else, or stood still`;
	return {
		code: "TARGET_SATURATED",
		severity: "warning",
		about: id,
		figures: { targetUtilization: target, answeredShare: held.share, latencyGrowth: grows },
		sentence: `The target is saturated at ${count(load.ratePerSecond)} requests/s, ${by}. Latencies of ${id} depend on how long the load lasts; --find-limit finds the rate that it holds.`,
	};
}

function unansweredAtEnd(measurement: Measurement): Finding | null {
	const { id, unanswered, serviceTime, load } = measurement;
	if (unanswered.count === 0 || unanswered.oldestNs <= Math.max(serviceTime.maxNs ?? 0, STALL_NS)) return null;
	const effect =
		load.kind === "open"
			? "in the response time they count with what they had waited by then, which is less than they took"
			: "they are in no percentile";
	return {
		code: "UNANSWERED_AT_END",
		severity: "warning",
		about: id,
		figures: { unanswered: unanswered.count, oldestNs: unanswered.oldestNs },
		sentence: `When the window of ${id} closed, ${count(unanswered.count)} requests had waited for up to ${time(unanswered.oldestNs)}, longer than any that was answered; ${effect}.`,
	};
}

/** What a closed loop cannot see: it stands still together with the target. */
function stall({ id, load, serviceTime }: Measurement): Finding | null {
	const p99 = atQuantile(serviceTime, 0.99);
	const { maxNs } = serviceTime;
	if (load.kind === "open" || p99 === undefined || maxNs === null) return null;
	if (maxNs < STALL_NS || maxNs < STALL_TIMES_P99 * p99.valueNs) return null;
	return {
		code: "STALL_UNDERSTATED",
		severity: "warning",
		about: id,
		figures: { maxNs, p99Ns: p99.valueNs, clients: load.clients },
		sentence: `An answer of ${id} took ${time(maxNs)}, but its p99 is ${time(p99.valueNs)}: a closed loop cannot see a stall, because its ${count(load.clients)} clients send nothing while they wait. Measure with --rate, where requests that were due meanwhile count.`,
	};
}

/** The first quarter of the window cost more than all of the rest, although the warm-up had looked flat. */
function cold({ id, seconds, warmup }: Measurement): Finding | null {
	const quarter = Math.floor(seconds.length / 4);
	if (!warmup.flat || quarter < 2) return null;
	const costs = seconds.map(({ targetCpuNs, requests }) =>
		targetCpuNs === null || requests === 0 ? null : targetCpuNs / requests,
	);
	if (costs.some((cost) => cost === null)) return null;
	const known = costs as number[];
	const early = Math.min(...known.slice(0, quarter));
	const later = known.slice(quarter).sort((a, b) => a - b);
	const usual = later[later.length >> 1] as number;
	if (early < (later.at(-1) as number) || early < COLD_SHARE * usual) return null;
	return {
		code: "COLD",
		severity: "warning",
		about: id,
		figures: { earlyNs: early, laterNs: usual, earlySeconds: quarter },
		sentence: `${id} was still warming up: each of the first ${quarter} seconds of the window cost at least ${percent(early / usual - 1)} more CPU per request than the rest. A longer --warmup helps.`,
	};
}
