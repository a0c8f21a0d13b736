import { pacingLagOf, percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { FiguresOf, Finding } from "#src/model/finding.js";
import type { Measurement } from "#src/model/measurement.js";
import { TARGET_FULL, targetShareOf } from "./target-share.js";

/** Was it the client? docs/load.md has the rules in words. */

/** The generator's core is full above this share; then it, and not the target, may set the pace. */
const GENERATOR_FULL = 0.9;
/** A generator that was runnable without a core for this share of the window was late for that long. */
const GENERATOR_STARVED = 0.2;
/** A client of a closed loop always waits for an answer; where it does for less than this share, it is late itself. */
const CLIENTS_WAITING = 0.85;
/** A request that the generator itself sends this late, and by this share of what is measured, distorts it. */
const LATE_NS = 1e6;
const LATE_SHARE = 0.1;
/** A server that ends more of its connections than this share of its answers does not keep them. */
const CONNECTIONS_REPLACED = 0.1;

export function generatorBound(measurement: Measurement): Finding | null {
	const cause = causeOf(measurement);
	if (cause === null) return null;
	const { id, generator, load } = measurement;
	return {
		code: "GENERATOR_BOUND",
		severity: "warning",
		about: id,
		figures: {
			cause,
			generatorUtilization: generator.cpuUtilization,
			targetUtilization: targetShareOf(measurement),
			generatorWaitShare: waitShareOf(measurement),
			pacingLagP99Ns: pacingLagOf(measurement)?.valueNs ?? null,
			p99Ns: percentileOf(measurement, 0.99)?.valueNs ?? null,
			clientsWaitingShare: clientsWaitingShare(measurement),
			clients: load.kind === "closed" ? load.clients : null,
		},
	};
}

/** In which way the generator set the pace; null where it did not. */
function causeOf(measurement: Measurement): FiguresOf<"GENERATOR_BOUND">["cause"] | null {
	// In an open loop it polls the clock, so its CPU is full whatever it sends; what tells is how late it is.
	if (measurement.load.kind === "open") return isLate(measurement) ? "late" : null;
	const target = targetShareOf(measurement);
	if (target !== null && target >= TARGET_FULL) return null;
	if (measurement.generator.cpuUtilization >= GENERATOR_FULL) return "core full";
	if (waitShareOf(measurement) >= GENERATOR_STARVED) return "no core";
	const underWay = clientsWaitingShare(measurement);
	const idle = underWay !== null && underWay < CLIENTS_WAITING && !replacesConnections(measurement);
	return idle ? "clients idle" : null;
}

function isLate(measurement: Measurement): boolean {
	const lag = pacingLagOf(measurement);
	const whole = percentileOf(measurement, 0.99);
	return lag !== undefined && whole !== undefined && lag.valueNs > LATE_NS && lag.valueNs > LATE_SHARE * whole.valueNs;
}

/** For how much of the window the generator was runnable without a core; 0 where that is not known. */
function waitShareOf(measurement: Measurement): number {
	if (measurement.kind !== "window" || measurement.measuredNs === 0) return 0;
	return (measurement.generator.runQueueWaitNs ?? 0) / measurement.measuredNs;
}

/** Slices are of plain requests. */
const harnessOf = (measurement: Measurement) => (measurement.kind === "window" ? measurement.harness : "http");

const replacesConnections = (measurement: Measurement): boolean => {
	const { generator, counts } = measurement;
	return harnessOf(measurement) === "http" && counts.ok > 0 && generator.reconnects >= CONNECTIONS_REPLACED * counts.ok;
};

/** Opening connections is what clients then do between requests, and it is in no latency. */
export function connectionsNotKept(measurement: Measurement): Finding | null {
	if (!replacesConnections(measurement)) return null;
	const { id, load, generator, counts } = measurement;
	return {
		code: "CONNECTIONS_NOT_KEPT",
		severity: "warning",
		about: id,
		figures: {
			reconnects: generator.reconnects,
			answers: counts.ok,
			clientsWaitingShare: clientsWaitingShare(measurement),
			loop: load.kind,
		},
	};
}

/**
 * The share of the time in which the clients of a closed loop had a request under way: by Little's law throughput × mean
 * latency ÷ clients. A client that always waits for an answer has 1. Null where it says nothing: in an open loop, and where
 * clients pause after failures.
 */
function clientsWaitingShare(measurement: Measurement): number | null {
	const { load, counts, serviceTime, measuredNs } = measurement;
	const harness = harnessOf(measurement);
	if (load.kind === "open" || (harness !== "http" && harness !== "websocket")) return null;
	if (counts.ok < counts.attempted || serviceTime.meanNs === null || measuredNs === 0) return null;
	return ((counts.ok / measuredNs) * serviceTime.meanNs) / load.clients;
}
