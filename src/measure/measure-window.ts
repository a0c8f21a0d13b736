import { type KindUse, usesBetween } from "#src/analyse/threads/cpu-parts.js";
import { KnownError } from "#src/errors.js";
import type { LoadGenerator } from "#src/load/handle/generator-process.js";
import type { LoadOrder, LoadProgress, WindowResult } from "#src/load/order/order.js";
import type { Load } from "#src/model/load.js";
import type { ErrorCounts } from "#src/model/load-words.js";
import type { Window } from "#src/model/measurement.js";
import { answeringIsolates } from "#src/target/answering.js";
import { deathUnderLoad } from "#src/target/death.js";
import { adviceFor } from "#src/target/readiness.js";
import type { RunningTarget } from "#src/target/target.js";
import type { CpuReader, CpuReading, ThreadSnapshot } from "./cpu-reader.js";
import { IsolateCensus } from "./isolate-census.js";
import { poolWorkOf, usesPool } from "./pool-work.js";
import { type WarmupPoint, warmupState } from "./warm-up.js";
import { type Recorded, type WindowOrder, windowOfResult } from "./window-of-result.js";

/** Clocks and counters that a window is measured with. */
export interface WindowClocks {
	date(): Date;
	/** Resolves early when the signal aborts. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** Null where its CPU time cannot be read. */
	cpuReaderOf(target: RunningTarget): CpuReader | null;
}

/** A window, and why it is not whole where it is not. */
export interface MeasuredWindow {
	readonly window: Window;
	/** The target went away, the user stopped before the window was over, or not one answer in it was good. */
	readonly cutShortBy: Error | null;
}

const WARMUP_POLL_MS = 250;
const SHORTEST_POLL_MS = 20;
const DEATH_IS_TOLD_MS = 250;

/**
 * Loads one target: warms it up until it is flat, then records one window. The load does not pause in between.
 * @throws KnownError when the target is gone or wrong before the window opens; afterwards what was recorded is returned
 */
export async function measureWindow(
	target: RunningTarget,
	generator: LoadGenerator,
	order: WindowOrder,
	clocks: WindowClocks,
): Promise<MeasuredWindow> {
	const death = new AbortController();
	void target.exited.then((exit) => death.abort(deathUnderLoad("the target", exit, target)));
	const signal = AbortSignal.any([order.signal, death.signal]);
	const cpu = clocks.cpuReaderOf(target);
	await generator.begin({
		origin: target.origin,
		request: order.endpoint,
		expectedStatus: order.expectedStatus,
		load: arrivalsOf(order.load, generator.pinnedCpus),
		harness: order.harness,
		timeoutMs: order.load.timeoutMs,
	});
	try {
		const warmup = await warmUp(generator, cpu, order, clocks, signal, answeringIsolates(target));
		const answers = async (): Promise<number> => wholeAnswers(await generator.progress());
		await order.hooks?.onWindowOpens?.(answers);
		// A profiler that starts may stop the target for long; what waited for that says nothing of the window.
		if (order.collector !== null) await generator.caughtUp();
		signal.throwIfAborted();
		const startedAt = clocks.date();
		const census = new IsolateCensus(target);
		const recorded = await record(generator, cpu, order, signal);
		const isolates = census.close();
		const asksPool = order.namesPoolWork === true && cpu !== null && !signal.aborted && usesPool(recorded.uses);
		const poolWork = asksPool ? await poolWorkOf(target, cpu) : null;
		if (!signal.aborted) await order.hooks?.onWindowClosed?.(answers);
		await knownDeath(recorded.result.counts.errors, clocks, signal);
		return {
			window: windowOfResult({
				order,
				startedAt,
				warmup,
				recorded,
				pinnedCpus: generator.pinnedCpus,
				processes: cpu?.processes ?? 0,
				source: cpu?.source ?? null,
				isolates,
				poolWork,
			}),
			cutShortBy: signal.aborted ? (signal.reason as Error) : refusalOf(order, recorded.result),
		};
	} finally {
		await generator.end();
	}
}

/** A generator that has no core to itself must not keep one busy. */
function arrivalsOf(load: Load, pinnedCpus: string | null): LoadOrder["load"] {
	if (load.kind === "closed") return { kind: "closed", clients: load.clients };
	const { ratePerSecond, arrivals, seed, maxInFlight } = load;
	return { kind: "open", ratePerSecond, arrivals, seed, maxInFlight, spin: pinnedCpus !== null };
}

async function warmUp(
	generator: LoadGenerator,
	cpu: CpuReader | null,
	order: WindowOrder,
	clocks: WindowClocks,
	signal: AbortSignal,
	isolates: number,
): Promise<Window["warmup"]> {
	const { warmupMs, warmupMaxMs } = order.load;
	const points: WarmupPoint[] = [];
	for (;;) {
		const shortestMs = points.length === 0 ? 1 : SHORTEST_POLL_MS;
		await clocks.sleep(Math.min(WARMUP_POLL_MS, Math.max(shortestMs, warmupMs)), signal);
		signal.throwIfAborted();
		const [progress, reading] = await Promise.all([generator.progress(), cpu?.read()]);
		const requests = progress.ok;
		points.push({
			elapsedMs: progress.elapsedNs / 1e6,
			requests,
			costNs: reading?.cpuNs ?? progress.elapsedNs,
		});
		const state = warmupState(points, { minMs: warmupMs, maxMs: warmupMaxMs, isolates });
		if (state === "cold") continue;
		// A warm-up shorter than one answer takes says nothing about the target.
		if (isSilent(progress) && progress.elapsedNs / 1e6 <= order.load.timeoutMs) continue;
		if (requests === 0) {
			await knownDeath(progress.errors, clocks, signal);
			signal.throwIfAborted();
			throw nothingGood(order, progress);
		}
		return { requests, durationMs: progress.elapsedNs / 1e6, flat: state === "warm" };
	}
}

/** Connections break before the system tells that the process has ended: then it is the cause, and what comes to be said. */
async function knownDeath({ refused, reset }: ErrorCounts, clocks: WindowClocks, signal: AbortSignal): Promise<void> {
	if (refused + reset > 0) await clocks.sleep(DEATH_IS_TOLD_MS, signal);
}

const wholeAnswers = ({ ok, unexpectedStatus }: LoadProgress): number =>
	Object.values(unexpectedStatus).reduce((sum, each) => sum + each, ok);

/** "64 clients", "500 requests/s" */
const loadName = (load: Load): string =>
	load.kind === "closed" ? `${load.clients} clients` : `${load.ratePerSecond} requests/s`;

type Seen = Pick<LoadProgress, "unexpectedStatus" | "errors" | "tallies" | "elapsedNs">;

/** Whether nothing has come back so far, not even an error. */
const isSilent = ({ ok, unexpectedStatus, errors }: LoadProgress): boolean =>
	ok === 0 && [unexpectedStatus, errors].every((counts) => Object.values(counts).every((count) => count === 0));

const CLOSES_ADVICE = "look in the server for why it closes the connection";
const FULL_ADVICE = "a lower --concurrency or a longer --timeout may help";

/** A load without a single good answer is not a measurement. */
function nothingGood(order: WindowOrder, { unexpectedStatus, errors, tallies, elapsedNs }: Seen): KnownError {
	const { method, path } = order.endpoint;
	const statuses = Object.entries(unexpectedStatus);
	const closes = Object.entries(tallies).filter(([name]) => name.startsWith("close "));
	const seen = [
		...statuses.map(([status, count]) => `${count}× status ${status}`),
		...Object.entries(errors).flatMap(([kind, count]) => (count > 0 ? [`${count}× ${kind}`] : [])),
		...closes.map(([name, count]) => `${count}× closed with ${name.slice("close ".length)}`),
	].join(", ");
	const [only] = statuses;
	const advice = closes.length > 0 ? CLOSES_ADVICE : FULL_ADVICE;
	return new KnownError({
		code: seen === "" ? "TARGET_SILENT" : "TARGET_ANSWER",
		what: `${method} ${path} gave no good answer in ${Math.round(elapsedNs / 1e8) / 10} s under ${loadName(order.load)}`,
		why: seen === "" ? "not one request was answered" : seen,
		fix: only !== undefined && statuses.length === 1 ? adviceFor(Number(only[0]), order.endpoint) : advice,
	});
}

/** A window in which every answer had a status that nobody expects, although it was another one during the warm-up. */
function refusalOf(order: WindowOrder, { counts, tallies, windowNs }: WindowResult): KnownError | null {
	if (counts.ok > 0 || Object.keys(counts.unexpectedStatus).length === 0) return null;
	return nothingGood(order, { ...counts, tallies, elapsedNs: windowNs });
}

/** Null where threads cannot be told apart, or the target is gone. */
async function usesOf(
	cpu: CpuReader | null,
	before: ThreadSnapshot | null,
	after: ThreadSnapshot | null,
): Promise<KindUse[] | null> {
	if (cpu === null || before === null || after === null) return null;
	const kinds = await cpu.threadKinds();
	return kinds.size === 0 ? null : usesBetween(before, after, kinds);
}

async function record(
	generator: LoadGenerator,
	cpu: CpuReader | null,
	order: WindowOrder,
	signal: AbortSignal,
): Promise<Recorded> {
	const read = async (): Promise<CpuReading | null> => (await cpu?.read().catch(() => null)) ?? null;
	const readings: Promise<CpuReading | null>[] = [read()];
	await readings[0];
	const before = cpu?.threads() ?? null;
	const result = await generator.record(order.load.durationMs, () => readings.push(read()), signal);
	readings.push(read());
	await readings.at(-1);
	const after = cpu?.threads() ?? null;
	return { result, readings: await Promise.all(readings), uses: await usesOf(cpu, before, after) };
}
