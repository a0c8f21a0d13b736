import { atQuantile } from "#src/analyse/latency/judged-latency.js";
import type { Finding } from "#src/model/finding.js";
import type { Measurement, Window } from "#src/model/measurement.js";
import { connectionsNotKept, generatorBound } from "./generator.js";
import { TARGET_FULL, targetShareOf } from "./target-share.js";

/** What a load says about itself (docs/load.md has the rules in words). */

/** An open loop whose answers come at this share of its rate holds it; one that misses by that much more has a problem. */
const RATE_HELD = 0.98;
const RATE_FAR_MISSED = 0.95;
const MISSED_SHARE = 0.01;
/** Latency that grows by this factor from the first to the last quarter of a window: a queue that only grows. */
const QUEUE_GROWS = 2;
/** An answer that takes this long, and so many times as long as p99, is a stall and not a tail. */
const STALL_NS = 100e6;
const STALL_TIMES_P99 = 3;
/** Seconds at the start of a window that each cost this much more than every later one. */
const COLD_SHARE = 1.1;

export function findingsOfLoad(measurement: Measurement): Finding[] {
	const found =
		measurement.kind === "window"
			? [
					generatorBound(measurement),
					connectionsNotKept(measurement),
					rateNotHeld(measurement),
					targetSaturated(measurement),
					unansweredAtEnd(measurement),
					stall(measurement),
					cold(measurement),
				]
			: [generatorBound(measurement), connectionsNotKept(measurement), stall(measurement)];
	return found.filter((each) => each !== null);
}

/** What an open loop planned, and what became of it; null for a closed one. */
function heldOf({ load, tallies, counts, unanswered }: Window) {
	if (load.kind === "closed") return null;
	const planned = tallies.planned ?? 0;
	const missed = tallies.missed ?? 0;
	return { planned, missed, waiting: unanswered.count, share: planned === 0 ? 1 : counts.attempted / planned };
}

function rateNotHeld(window: Window): Finding | null {
	const { id, load, measuredNs, counts } = window;
	const held = heldOf(window);
	if (held === null || load.kind === "closed" || (held.share >= RATE_HELD && held.missed === 0)) return null;
	const { planned, missed, waiting, share } = held;
	return {
		code: "RATE_NOT_HELD",
		severity: share < RATE_FAR_MISSED || missed > MISSED_SHARE * planned ? "problem" : "warning",
		about: id,
		figures: {
			plannedPerSecond: load.ratePerSecond,
			achievedPerSecond: (counts.attempted / measuredNs) * 1e9,
			planned,
			missed,
			waiting,
			maxInFlight: load.maxInFlight,
		},
	};
}

/** Whether the queue only grows: latency of the last quarter of the window against the first. */
function growth({ seconds }: Window): number | null {
	const quarter = Math.floor(seconds.length / 4);
	if (quarter === 0) return null;
	const middle = (part: Window["seconds"]): number | null => {
		const values = part.flatMap(({ p50Ns }) => p50Ns ?? []).sort((a, b) => a - b);
		return values[values.length >> 1] ?? null;
	};
	const first = middle(seconds.slice(0, quarter));
	const last = middle(seconds.slice(-quarter));
	return first === null || last === null || first === 0 ? null : last / first;
}

function targetSaturated(window: Window): Finding | null {
	const { id, load } = window;
	const held = heldOf(window);
	if (held === null || load.kind === "closed") return null;
	const latencyGrowth = growth(window);
	const isBehind = held.missed > 0 || held.share < RATE_HELD;
	const target = targetShareOf(window);
	const isFull = target !== null && target >= TARGET_FULL;
	if (!isBehind && !(isFull && latencyGrowth !== null && latencyGrowth >= QUEUE_GROWS)) return null;
	if (target !== null && !isFull && generatorBound(window) !== null) return null;
	return {
		code: "TARGET_SATURATED",
		severity: "warning",
		about: id,
		figures: {
			ratePerSecond: load.ratePerSecond,
			limitedBy: target === null ? "unknown" : isFull ? "CPU" : "something else",
			targetUtilization: target,
			answeredShare: held.share,
			latencyGrowth,
		},
	};
}

function unansweredAtEnd({ id, unanswered, serviceTime, load }: Window): Finding | null {
	const { count, oldestNs } = unanswered;
	if (count === 0 || oldestNs <= Math.max(serviceTime.maxNs ?? 0, STALL_NS)) return null;
	return {
		code: "UNANSWERED_AT_END",
		severity: "warning",
		about: id,
		figures: { unanswered: count, oldestNs, loop: load.kind },
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
	};
}

/** The first quarter of the window cost more than all of the rest, although the warm-up had looked flat. */
function cold({ id, seconds, warmup }: Window): Finding | null {
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
	};
}
