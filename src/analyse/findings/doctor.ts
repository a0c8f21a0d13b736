import { concurrencyOf } from "#src/analyse/latency/concurrency.js";
import type { Doctor, LoopBlock } from "#src/model/doctor.js";
import type { Finding } from "#src/model/finding.js";
import type { Measurement } from "#src/model/measurement.js";

/**
 * Is it CPU, event loop, garbage collection or I/O? Rules over what was read in one clean window under a closed load.
 * docs/doctor.md gives the reason for every threshold.
 */

/** Timers of a busy loop are late by some milliseconds; this is what a person behind the request may notice. */
const BLOCK_NS = 30e6;
/** A turn of the loop answers everybody who waits, so with many clients it takes longer without any fault. */
const QUEUE_TURNS = 1.5;
/** One alone may be an accident, unless it is as long as this. */
const LONG_BLOCK_NS = 100e6;
/** All who arrive meanwhile wait too, so a standstill weighs this many times its own time. */
const EVERYBODY_WAITS = 5;
/** Where pauses fill this part of a block, the collector made it. */
const MADE_BY_GC = 0.5;
/** Below this part of a block on a core, the process was not running: it waited for a core or in a system call. */
const ON_CORE = 0.5;
const GC_SHARE = 0.2;
/** Of the whole window; less is no matter, however little else the loop does. */
const GC_LEAST = 0.05;
/** A fault that takes less of the window stands behind the answer to where the time goes. */
const MINOR = 0.1;
const STARVED_SHARE = 0.15;
const BUSY_CPU = 0.85;
const IDLE_LOOP = 0.7;
/** Time that a request waits for something else, against the time that the loop works on it. */
const WAITS = 2;
/** A generator this busy may be the reason for an idle loop. */
const GENERATOR_BUSY = 0.85;

export type DoctorReading = Omit<Doctor, "verdicts" | "others">;

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.095 ? 1 : 0)} %`;
const ms = (ns: number): string => `${Number((ns / 1e6).toPrecision(3))} ms`;

/** The blocks that count: longer than what the queue explains, and neither a pause of the collector nor a wait for a core. */
export function ownBlocks(reading: DoctorReading, clean: Measurement): LoopBlock[] {
	const queueNs = QUEUE_TURNS * concurrencyOf(clean) * (clean.cpu?.nsPerRequest ?? 0);
	const leastNs = Math.max(BLOCK_NS, queueNs);
	const starved = isStarved(reading);
	return reading.blocks.filter(
		({ durationNs, gcNs, cpuNs }) =>
			durationNs >= leastNs && gcNs < MADE_BY_GC * durationNs && !(starved && cpuNs < ON_CORE * durationNs),
	);
}

/** Faults first, by how much they take; then where the time goes; then faults that take little. Never empty. */
export function doctorFindings(reading: DoctorReading, clean: Measurement): Finding[] {
	const faults = [blocked(reading, clean), gcBound(reading, clean), starved(reading, clean)].filter(
		(each): each is Weighted => each !== null,
	);
	faults.sort((a, b) => b.weight - a.weight);
	const places = [ioBound(reading, clean), cpuBound(reading, clean)].filter((each): each is Finding => each !== null);
	const major = ({ weight }: Weighted): boolean => weight >= MINOR;
	const found = [
		...faults.filter(major).map(({ finding }) => finding),
		...places,
		...faults.filter((each) => !major(each)).map(({ finding }) => finding),
	];
	return found.length === 0 ? [healthy(reading, clean)] : found;
}

interface Weighted {
	readonly finding: Finding;
	/** What it takes of the window. */
	readonly weight: number;
}

/** EVENT_LOOP_BLOCKED: the loop stood still, and everybody waited. */
function blocked(reading: DoctorReading, clean: Measurement): Weighted | null {
	const blocks = ownBlocks(reading, clean);
	const longestNs = Math.max(0, ...blocks.map(({ durationNs }) => durationNs));
	if (blocks.length < 2 && longestNs < LONG_BLOCK_NS) return null;
	const totalNs = blocks.reduce((sum, { durationNs }) => sum + durationNs, 0);
	const cpuNs = blocks.reduce((sum, each) => sum + Math.min(each.cpuNs, each.durationNs), 0);
	const perSecond = blocks.length / (reading.windowNs / 1e9);
	const how =
		cpuNs >= ON_CORE * totalNs
			? "JavaScript of its own that runs without a break"
			: "a synchronous call that waits (file, child process, lock)";
	return {
		weight: EVERYBODY_WAITS * (totalNs / reading.windowNs),
		finding: {
			code: "EVENT_LOOP_BLOCKED",
			severity: "problem",
			about: clean.id,
			figures: {
				longestNs,
				blocks: blocks.length,
				perSecond,
				share: totalNs / reading.windowNs,
				onCore: cpuNs / totalNs,
			},
			sentence: `The event loop stood still ${blocks.length === 1 ? "once" : `${blocks.length} times`} (${perSecond.toFixed(1)} a second), up to ${ms(longestNs)}, by ${how}; every request that was there waited.`,
		},
	};
}

/** GC_BOUND: much of the time the loop was at work went into pauses of the collector. */
function gcBound(reading: DoctorReading, clean: Measurement): Weighted | null {
	const share = activeShare(reading.gc.share, reading);
	if (share < GC_SHARE || reading.gc.share < GC_LEAST) return null;
	return {
		weight: reading.gc.share,
		finding: {
			code: "GC_BOUND",
			severity: "problem",
			about: clean.id,
			figures: {
				share: reading.gc.share,
				shareOfActive: share,
				longestNs: reading.gc.longestNs,
				pauses: reading.gc.pauses,
			},
			sentence: `Pauses of the garbage collector take ${percent(share)} of the time that the event loop is at work, ${reading.gc.pauses.toLocaleString("en-US")} of them, up to ${ms(reading.gc.longestNs)}: it allocates or keeps too much (az-prof alloc shows where).`,
		},
	};
}

const activeShare = (share: number, { utilization }: DoctorReading): number =>
	utilization === 0 ? 0 : Math.min(1, share / utilization);

/** Runnable without a core, and the loop at work for longer than the process was on a core: others had it meanwhile. */
function isStarved({ runQueueWait, utilization, cpu }: DoctorReading): boolean {
	return runQueueWait !== null && runQueueWait >= STARVED_SHARE && utilization - cpu >= STARVED_SHARE;
}

/** STARVED: other processes take its core. */
function starved(reading: DoctorReading, clean: Measurement): Weighted | null {
	if (!isStarved(reading)) return null;
	const { runQueueWait, utilization, cpu } = reading;
	return {
		weight: utilization - cpu,
		finding: {
			code: "STARVED",
			severity: "warning",
			about: clean.id,
			figures: { runQueueWait, utilization, cpu },
			sentence: `Other processes take its core: its threads waited ${percent(runQueueWait ?? 0)} of the time for one, and the event loop was at work for ${percent(utilization)} of it with only ${percent(cpu)} of a core. The other figures suffer from that.`,
		},
	};
}

/** IO_BOUND: the loop has nothing to do while requests wait. */
function ioBound(reading: DoctorReading, clean: Measurement): Finding | null {
	const { utilization, windowNs, cpu } = reading;
	const { counts, serviceTime, generator } = clean;
	if (utilization > IDLE_LOOP || counts.attempted === 0 || serviceTime.meanNs === null) return null;
	const workNs = (utilization * windowNs) / counts.attempted;
	const waitNs = serviceTime.meanNs - workNs;
	if (waitNs < WAITS * workNs || generator.cpuUtilization >= GENERATOR_BUSY) return null;
	const pool = cpu - utilization > 0.3;
	return {
		code: "IO_BOUND",
		severity: "info",
		about: clean.id,
		figures: { utilization, workNs, waitNs, meanNs: serviceTime.meanNs, inFlight: concurrencyOf(clean) },
		sentence: `The event loop is idle ${percent(1 - utilization)} of the time while requests wait: of ${ms(serviceTime.meanNs)} a request spends at most ${ms(workNs)} being worked on, the rest waiting for ${pool ? "the thread pool, which is busy (file system, DNS, crypto, zlib)" : "something outside of the loop (a database, another service, a timer, a file)"}.`,
	};
}

/** CPU_BOUND: it does as much as a core allows. */
function cpuBound(reading: DoctorReading, clean: Measurement): Finding | null {
	const { utilization, cpu, runQueueWait } = reading;
	// On a core of its own or not: what it had to wait for it would have used.
	const wanted = cpu + (isStarved(reading) ? (runQueueWait ?? 0) : 0);
	if (wanted < BUSY_CPU || utilization <= IDLE_LOOP) return null;
	const cost = clean.cpu === null ? "" : `, ${Number((clean.cpu.nsPerRequest / 1e3).toPrecision(3))} µs a request`;
	return {
		code: "CPU_BOUND",
		severity: "info",
		about: clean.id,
		figures: { cpu, utilization, cpuNsPerRequest: clean.cpu?.nsPerRequest ?? null },
		sentence: `The event loop is at work ${percent(utilization)} of the time with ${percent(cpu)} of a core${cost}: it gets faster only by doing less for each request (az-prof flame shows what).`,
	};
}

/** HEALTHY: nothing of all this. */
function healthy({ utilization, cpu, delay, gc }: DoctorReading, clean: Measurement): Finding {
	return {
		code: "HEALTHY",
		severity: "info",
		about: clean.id,
		figures: { utilization, cpu, delayP99Ns: delay.p99Ns, gcShare: gc.share },
		sentence: `Nothing holds it up: the event loop is at work ${percent(utilization)} of the time, timers are at most ${ms(delay.maxNs)} late, the garbage collector takes ${percent(gc.share)}.`,
	};
}
