import { concurrencyOf } from "#src/analyse/latency/concurrency.js";
import type { Doctor, Standstill } from "#src/model/doctor.js";
import type { FindingOf } from "#src/model/finding.js";
import type { DoctorVerdict } from "#src/model/findings/doctor.js";
import type { Window } from "#src/model/measurement.js";
import { longestOf, NOTICED_NS } from "./standstills.js";

/**
 * Is it CPU, event loop, garbage collection or I/O? Rules over what was read in one clean window under a closed load.
 * docs/doctor.md gives the reason for every threshold.
 */

/** A turn of the loop answers everybody who waits, so with many clients it takes longer without any fault. */
const QUEUE_TURNS = 1.5;
/** One alone may be an accident, unless it is as long as this. */
const LONG_BLOCK_NS = 100e6;
/** All who arrive meanwhile wait too, so a standstill weighs this many times its own time. */
const EVERYBODY_WAITS = 5;
const GC_SHARE = 0.2;
/** Of the whole window; less is no matter, however little else the loop does. */
const GC_LEAST = 0.05;
/** A fault that takes less of the window stands behind the answer to where the time goes. */
const MINOR = 0.1;
const STARVED_SHARE = 0.15;
const BUSY_CPU = 0.85;
const IDLE_LOOP = 0.7;
/** CPU of other threads than the loop's, of one core. */
const BUSY_POOL = 0.3;
/** All threads of the pool at work, or ready to, for this part of the window. */
const FULL_POOL = 0.85;
/** Of a full pool less than this, at work or ready to: it waits within its work. */
const COMPUTES = 0.3;
/** A task that waits this long for a thread finds none free, most of the time: handing one over takes a tenth of a millisecond. */
const POOL_QUEUE_NS = 3e6;
/** Of what the loop waited for a core, used by other threads of the target: then it is they that have it. */
const BY_OWN_THREADS = 0.5;
/** Time that a request waits for something else, against the time that the loop works on it. */
const WAITS = 2;
/** A generator this busy may be the reason for an idle loop. */
const GENERATOR_BUSY = 0.85;

export type DoctorFinding = FindingOf<DoctorVerdict>;
export type DoctorReading = Omit<Doctor, "verdicts" | "others"> & {
	/** All of them; `blocks` are the longest. */
	readonly standstills: readonly Standstill[];
};

/** As long as a turn of the loop takes that answers everybody who waits. */
export const queueNsOf = (clean: Window): number => QUEUE_TURNS * concurrencyOf(clean) * (clean.cpu?.nsPerRequest ?? 0);

/** The standstills that are a fault of the target: no queue, no other process. Those of the collector may be told as GC_BOUND. */
export function faultyStandstills(reading: DoctorReading): DoctorReading["standstills"] {
	const collects = isGcBound(reading);
	return reading.standstills.filter(
		({ durationNs, cause }) =>
			durationNs >= NOTICED_NS && cause !== "queue" && cause !== "no core" && !(cause === "collector" && collects),
	);
}

/** Faults first, by how much they take; then where the time goes; then faults that take little. Never empty. */
export function doctorFindings(reading: DoctorReading, clean: Window): DoctorFinding[] {
	const faults = [
		blocked(reading, clean),
		gcBound(reading, clean),
		poolFull(reading, clean),
		starved(reading, clean),
	].filter((each): each is Weighted => each !== null);
	faults.sort((a, b) => b.weight - a.weight);
	const places = [ioBound(reading, clean), cpuBound(reading, clean)].filter(
		(each): each is DoctorFinding => each !== null,
	);
	const major = ({ weight }: Weighted): boolean => weight >= MINOR;
	const found = [
		...faults.filter(major).map(({ finding }) => finding),
		...places,
		...faults.filter((each) => !major(each)).map(({ finding }) => finding),
	];
	return found.length === 0 ? [healthy(reading, clean)] : found;
}

interface Weighted {
	readonly finding: DoctorFinding;
	/** What it takes of the window. */
	readonly weight: number;
}

/** EVENT_LOOP_BLOCKED: the loop stood still, and everybody waited. All standstills are told, also those that are no fault. */
function blocked(reading: DoctorReading, clean: Window): Weighted | null {
	const faulty = faultyStandstills(reading);
	if (faulty.length < 2 && longestOf(faulty) < LONG_BLOCK_NS) return null;
	const { standstills, windowNs, blocksByCause } = reading;
	const shareOf = (some: readonly Standstill[]): number =>
		some.reduce((sum, { durationNs }) => sum + durationNs, 0) / windowNs;
	return {
		weight: EVERYBODY_WAITS * shareOf(faulty),
		finding: {
			code: "EVENT_LOOP_BLOCKED",
			severity: "problem",
			about: clean.id,
			figures: {
				longestNs: longestOf(standstills),
				blocks: standstills.length,
				perSecond: standstills.length / (windowNs / 1e9),
				share: shareOf(standstills),
				causes: blocksByCause,
			},
		},
	};
}

/** GC_BOUND: much of the time the loop was at work went into pauses of the collector. */
function gcBound(reading: DoctorReading, clean: Window): Weighted | null {
	if (!isGcBound(reading)) return null;
	const share = activeShare(reading.gc.share, reading);
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
		},
	};
}

const isGcBound = (reading: DoctorReading): boolean =>
	activeShare(reading.gc.share, reading) >= GC_SHARE && reading.gc.share >= GC_LEAST;

const activeShare = (share: number, { utilization }: DoctorReading): number =>
	utilization === 0 ? 0 : Math.min(1, share / utilization);

/** What the loop's thread had of a core, and what it waited for one. */
function loopOf({ loop, runQueueWait, utilization, cpu }: DoctorReading): {
	readonly cpu: number;
	readonly waitShare: number;
} {
	if (loop !== null) return { cpu: loop.cpu, waitShare: loop.runQueueWait };
	// Of all threads together: others had the core only where the process as a whole was not on it while its loop was at work.
	const lacked = runQueueWait === null ? 0 : Math.min(runQueueWait, Math.max(0, utilization - cpu));
	return { cpu, waitShare: lacked };
}

/** The loop's thread was ready to run, and had no core. */
const isStarved = (reading: DoctorReading): boolean => loopOf(reading).waitShare >= STARVED_SHARE;

function isStarvedByOwnThreads(reading: DoctorReading): boolean {
	const loop = loopOf(reading);
	return isStarved(reading) && reading.cpu - loop.cpu >= BY_OWN_THREADS * loop.waitShare;
}

/** STARVED: others take its core, the target's own threads or somebody else. */
function starved(reading: DoctorReading, clean: Window): Weighted | null {
	if (!isStarved(reading)) return null;
	const { utilization, cpu } = reading;
	const loop = loopOf(reading);
	const othersCpu = Math.max(0, cpu - loop.cpu);
	return {
		// Where the pool has the core, that comes first: it is why.
		weight: Math.min(loop.waitShare, FULL_POOL),
		finding: {
			code: "STARVED",
			severity: "warning",
			about: clean.id,
			figures: {
				runQueueWaitShare: loop.waitShare,
				utilization,
				cpu: loop.cpu,
				by: isStarvedByOwnThreads(reading) ? "own threads" : "other processes",
				ownThreadsCpu: othersCpu,
			},
		},
	};
}

/** POOL_FULL: every thread of libuv's pool has work all the time, so whatever else is given to it waits. */
function poolFull({ poolDelay, utilization }: DoctorReading, clean: Window): Weighted | null {
	const pool = clean.cpu?.parts?.find(({ kind }) => kind === "thread pool");
	const busyShare =
		pool === undefined || pool.threads === 0
			? null
			: Math.min(1, (pool.cpuNs + pool.runQueueWaitNs) / (clean.measuredNs * pool.threads));
	const queueNs = poolDelay?.p50Ns ?? null;
	const computes = busyShare !== null && busyShare >= COMPUTES;
	// Under a busy loop a free thread waits for a core as well, and the task with it.
	const queues = queueNs !== null && queueNs >= POOL_QUEUE_NS && (computes || utilization <= IDLE_LOOP);
	if (!queues && (busyShare === null || busyShare < FULL_POOL)) return null;
	return {
		weight: Math.max(FULL_POOL, busyShare ?? 0),
		finding: {
			code: "POOL_FULL",
			severity: "problem",
			about: clean.id,
			figures: {
				by: computes ? "computing" : "waiting",
				threads: pool?.threads ?? null,
				busyShare,
				cpu: pool === undefined ? null : pool.cpuNs / clean.measuredNs,
				queueNs,
			},
		},
	};
}

/** IO_BOUND: the loop has nothing to do while requests wait. */
function ioBound(reading: DoctorReading, clean: Window): DoctorFinding | null {
	const { utilization, windowNs, cpu } = reading;
	const { counts, serviceTime, generator } = clean;
	if (utilization > IDLE_LOOP || counts.attempted === 0 || serviceTime.meanNs === null) return null;
	const workNs = (utilization * windowNs) / counts.attempted;
	const waitNs = serviceTime.meanNs - workNs;
	if (waitNs < WAITS * workNs || generator.cpuUtilization >= GENERATOR_BUSY) return null;
	return {
		code: "IO_BOUND",
		severity: "info",
		about: clean.id,
		figures: {
			utilization,
			workNs,
			waitNs,
			meanNs: serviceTime.meanNs,
			inFlight: concurrencyOf(clean),
			waitsFor: cpu - utilization > BUSY_POOL ? "thread pool" : "outside",
		},
	};
}

/** CPU_BOUND: it does as much as a core allows. */
function cpuBound(reading: DoctorReading, clean: Window): DoctorFinding | null {
	const { utilization, cpu, runQueueWait } = reading;
	const loop = loopOf(reading);
	// On a core of its own or not: what it had to wait for it would have used.
	const wanted = cpu + (isStarved(reading) ? (runQueueWait ?? 0) : 0);
	if (wanted < BUSY_CPU || utilization <= IDLE_LOOP) return null;
	// At work for want of a core that its own helpers have, not for what it does.
	if (isStarvedByOwnThreads(reading) && loop.cpu < loop.waitShare) return null;
	return {
		code: "CPU_BOUND",
		severity: "info",
		about: clean.id,
		figures: { cpu, utilization, cpuNsPerRequest: clean.cpu?.nsPerRequest ?? null },
	};
}

/** HEALTHY: nothing of all this. */
function healthy({ utilization, cpu, delay, gc }: DoctorReading, clean: Window): DoctorFinding {
	return {
		code: "HEALTHY",
		severity: "info",
		about: clean.id,
		figures: { utilization, cpu, delayP99Ns: delay.p99Ns, delayMaxNs: delay.maxNs, gcShare: gc.share },
	};
}
