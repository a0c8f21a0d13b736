import { monitorEventLoopDelay, PerformanceObserver, performance } from "node:perf_hooks";
import process from "node:process";
import { PoolDelay } from "./pool-delay.js";
import { ThreadSchedule } from "./thread-schedule.js";

/**
 * How the target's event loop is doing. Nothing runs until it is asked; then a timer every 10 ms, which costs a few
 * microseconds each time, and once in 100 ms a look at memory, resources and the thread pool.
 */

const TICK_MS = 10;
const TICKS_PER_POINT = 10;
/** A shorter delay is no block: timers are late by a few milliseconds in every busy loop. */
const SHORTEST_BLOCK_NS = 20e6;
const MOST_BLOCKS = 10_000;

/** A firing that was late, with what was counted since the one before. */
interface LateTick {
	readonly atMs: number;
	readonly durationNs: number;
	/** Of this thread; of the whole process where the wait is not known. */
	readonly cpuNs: number;
	/** Ready to run, without a core; null where the system does not tell. */
	readonly waitNs: number | null;
}

interface Point {
	readonly atMs: number;
	readonly delayMaxNs: number;
	readonly utilization: number;
	readonly cpu: number;
	readonly heapUsedBytes: number;
	readonly rssBytes: number;
	readonly resources: number;
}

interface Pause {
	readonly fromMs: number;
	readonly toMs: number;
}

interface Watch {
	readonly startMs: number;
	readonly loopAtStart: ReturnType<typeof performance.eventLoopUtilization>;
	readonly cpuAtStart: NodeJS.CpuUsage;
	readonly histogram: ReturnType<typeof monitorEventLoopDelay>;
	readonly observer: PerformanceObserver;
	readonly timer: NodeJS.Timeout;
	readonly late: LateTick[];
	readonly schedule: ThreadSchedule;
	readonly scheduleAtStart: ReturnType<ThreadSchedule["read"]>;
	readonly pool: PoolDelay;
	readonly points: Point[];
	readonly pauses: Pause[];
	finishPoint(): void;
}

let watch: Watch | undefined;

/** vitals.begin opens a stretch of time, vitals.end closes it and says what was seen in it. */
export function vitalsMethods(): Record<string, () => unknown> {
	return { "vitals.begin": begin, "vitals.end": end };
}

const cpuNsOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) * 1e3;

function begin(): void {
	stop();
	const late: LateTick[] = [];
	const schedule = new ThreadSchedule();
	const points: Point[] = [];
	const pauses: Pause[] = [];
	const observer = new PerformanceObserver((list) => {
		for (const { startTime, duration } of list.getEntries()) {
			pauses.push({ fromMs: startTime, toMs: startTime + duration });
		}
	});
	observer.observe({ entryTypes: ["gc"] });
	const histogram = monitorEventLoopDelay({ resolution: TICK_MS });
	histogram.enable();
	const startMs = performance.now();
	const scheduleAtStart = schedule.read();
	const pool = new PoolDelay();
	let [lastMs, last] = [startMs, scheduleAtStart];
	let ticks = 0;
	let delayMaxNs = 0;
	let [pointMs, pointCpuNs] = [startMs, cpuNsOf(process.cpuUsage())];
	let pointLoop = performance.eventLoopUtilization();
	const finishPoint = (): void => {
		const [nowMs, cpuNs, loop] = [performance.now(), cpuNsOf(process.cpuUsage()), performance.eventLoopUtilization()];
		if (nowMs <= pointMs) return;
		const { heapUsed, rss } = process.memoryUsage();
		points.push({
			atMs: nowMs - startMs,
			delayMaxNs,
			utilization: performance.eventLoopUtilization(loop, pointLoop).utilization,
			cpu: (cpuNs - pointCpuNs) / ((nowMs - pointMs) * 1e6),
			heapUsedBytes: heapUsed,
			rssBytes: rss,
			resources: process.getActiveResourcesInfo().length,
		});
		[ticks, delayMaxNs, pointMs, pointCpuNs, pointLoop] = [0, 0, nowMs, cpuNs, loop];
		pool.ask();
	};
	const tick = (): void => {
		const nowMs = performance.now();
		const read = schedule.read();
		const delayNs = Math.max(0, nowMs - lastMs - TICK_MS) * 1e6;
		delayMaxNs = Math.max(delayMaxNs, delayNs);
		pool.loopWasLate(delayNs / 1e6);
		if (delayNs >= SHORTEST_BLOCK_NS && late.length < MOST_BLOCKS) {
			const waitNs = read.waitNs === null || last.waitNs === null ? null : read.waitNs - last.waitNs;
			late.push({ atMs: nowMs - startMs, durationNs: delayNs, cpuNs: read.cpuNs - last.cpuNs, waitNs });
		}
		[lastMs, last] = [nowMs, read];
		if (++ticks >= TICKS_PER_POINT || nowMs - pointMs >= TICKS_PER_POINT * TICK_MS) finishPoint();
	};
	watch = {
		startMs,
		loopAtStart: performance.eventLoopUtilization(),
		cpuAtStart: process.cpuUsage(),
		histogram,
		observer,
		timer: setInterval(tick, TICK_MS).unref(),
		late,
		schedule,
		scheduleAtStart,
		pool,
		points,
		pauses,
		finishPoint,
	};
}

async function end(): Promise<unknown> {
	if (watch === undefined) throw new Error("the event loop is not being watched");
	const seen = watch;
	const { startMs, histogram, late: lateTicks, points } = seen;
	const windowMs = performance.now() - startMs;
	const { utilization } = performance.eventLoopUtilization(seen.loopAtStart);
	const cpu = cpuNsOf(process.cpuUsage(seen.cpuAtStart)) / (windowMs * 1e6);
	const loop = loopShares(seen.scheduleAtStart, seen.schedule.read(), windowMs * 1e6);
	const poolDelay = seen.pool.close();
	seen.finishPoint();
	// What the observer has not been given yet comes in the next turn.
	await new Promise((resolve) => setImmediate(resolve));
	for (const { startTime, duration } of seen.observer.takeRecords()) {
		seen.pauses.push({ fromMs: startTime, toMs: startTime + duration });
	}
	stop();
	const pauses = apart(seen.pauses);
	// The histogram holds times between two firings.
	const late = (ns: number): number => (Number.isFinite(ns) ? Math.max(0, ns - TICK_MS * 1e6) : 0);
	const between = (fromMs: number, toMs: number): number =>
		pauses.reduce((sum, pause) => sum + Math.max(0, Math.min(toMs, pause.toMs) - Math.max(fromMs, pause.fromMs)), 0);
	return {
		windowNs: windowMs * 1e6,
		loop,
		poolDelay,
		delay: {
			meanNs: late(histogram.mean),
			p50Ns: late(histogram.percentile(50)),
			p99Ns: late(histogram.percentile(99)),
			maxNs: late(histogram.max),
		},
		utilization,
		cpu,
		gc: {
			totalNs: between(startMs, startMs + windowMs) * 1e6,
			longestNs: pauses.reduce((longest, { fromMs, toMs }) => Math.max(longest, toMs - fromMs), 0) * 1e6,
			pauses: pauses.length,
		},
		late: lateTicks.map((tick) => {
			const toMs = startMs + tick.atMs;
			return { ...tick, gcNs: between(toMs - tick.durationNs / 1e6 - TICK_MS, toMs) * 1e6 };
		}),
		series: points.map((point, index) => {
			const fromMs = points[index - 1]?.atMs ?? 0;
			const lengthMs = point.atMs - fromMs;
			return { ...point, gc: lengthMs === 0 ? 0 : between(startMs + fromMs, startMs + point.atMs) / lengthMs };
		}),
	};
}

type Reading = ReturnType<ThreadSchedule["read"]>;

/** Null where the kernel does not tell of the thread. */
const loopShares = (from: Reading, to: Reading, windowNs: number) =>
	from.waitNs === null || to.waitNs === null
		? null
		: { cpu: (to.cpuNs - from.cpuNs) / windowNs, runQueueWait: (to.waitNs - from.waitNs) / windowNs };

/** A collection may begin within another: each moment counts once. */
function apart(pauses: readonly Pause[]): Pause[] {
	const merged: Pause[] = [];
	for (const { fromMs, toMs } of [...pauses].sort((a, b) => a.fromMs - b.fromMs)) {
		const last = merged.at(-1);
		if (last === undefined || fromMs >= last.toMs) merged.push({ fromMs, toMs });
		else merged[merged.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, toMs) };
	}
	return merged;
}

function stop(): void {
	watch?.histogram.disable();
	watch?.observer.disconnect();
	watch?.schedule.close();
	clearInterval(watch?.timer);
	watch = undefined;
}
