import { setTimeout as sleep } from "node:timers/promises";
import type { LatencyHistogram } from "#src/analyse/latency/histogram.js";
import { estimatePercentiles } from "#src/analyse/latency/percentiles.js";
import { shareWithin } from "#src/analyse/latency/share-within.js";
import { ratioOf } from "#src/analyse/statistics/ratio.js";
import type { WindowHooks } from "#src/collect/collector.js";
import { KnownError } from "#src/errors.js";
import type { LoadGenerator } from "#src/load/handle/generator-process.js";
import type { Harness, LoadOrder, LoadProgress, WindowResult } from "#src/load/order/order.js";
import type { Load, Measurement } from "#src/model/run-record.js";
import { redactHeaders, redactPath } from "#src/secrets/redact.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import { adviceFor } from "#src/target/readiness.js";
import { describeExit } from "#src/target/start-target.js";
import type { RunningTarget } from "#src/target/target.js";
import { type CpuReader, type CpuReading, cpuReaderOf } from "./cpu-reader.js";
import { type WarmupPoint, warmupState } from "./warm-up.js";

export interface WindowOrder {
	/** Unique in the run; goes into the record. */
	readonly id: string;
	readonly variant: string | null;
	readonly collector: string | null;
	readonly endpoint: EndpointRequest;
	readonly expectedStatus: readonly number[] | null;
	readonly load: Load;
	/** What a client does at a time. */
	readonly harness: Harness;
	/** The latency whose share within it is asked for; null: none. */
	readonly boundNs: number | null;
	readonly signal: AbortSignal;
	readonly hooks?: WindowHooks;
	/** Keeps the per-second histograms; returns the file's name in the run folder. */
	saveSeconds?(result: WindowResult, startedAt: Date): string | null;
}

/** A window, and why it is not whole where it is not. */
export interface MeasuredWindow {
	readonly measurement: Measurement;
	/** The target went away, the user stopped before the window was over, or not one answer in it was good. */
	readonly cutShortBy: Error | null;
}

const WARMUP_POLL_MS = 250;
const SHORTEST_POLL_MS = 20;

/**
 * Loads one target: warms it up until it is flat, then records one window. The load does not pause in between.
 * @throws KnownError when the target is gone or wrong before the window opens; afterwards what was recorded is returned
 */
export async function measureWindow(
	target: RunningTarget,
	generator: LoadGenerator,
	order: WindowOrder,
): Promise<MeasuredWindow> {
	const death = new AbortController();
	void target.exited.then((exit) =>
		death.abort(
			new KnownError({
				code: "TARGET_DIED",
				what: `the target ${describeExit(exit)} under load`,
				details: target.logTail(),
			}),
		),
	);
	const signal = AbortSignal.any([order.signal, death.signal]);
	const cpu = cpuReaderOf(target);
	await generator.begin({
		origin: target.origin,
		request: order.endpoint,
		expectedStatus: order.expectedStatus,
		load: arrivalsOf(order.load, generator.pinnedCpus),
		harness: order.harness,
		timeoutMs: order.load.timeoutMs,
	});
	try {
		const warmup = await warmUp(generator, cpu, order, signal);
		const answers = async (): Promise<number> => wholeAnswers(await generator.progress());
		await order.hooks?.onWindowOpens?.(answers);
		signal.throwIfAborted();
		const startedAt = new Date();
		const recorded = await record(generator, cpu, order, signal);
		if (!signal.aborted) await order.hooks?.onWindowClosed?.(answers);
		return {
			measurement: toMeasurement({
				order,
				startedAt,
				warmup,
				recorded,
				generator,
				processes: cpu?.processes ?? 0,
				source: cpu?.source ?? null,
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

interface Warmup {
	readonly requests: number;
	readonly durationMs: number;
	readonly flat: boolean;
}

async function warmUp(
	generator: LoadGenerator,
	cpu: CpuReader | null,
	order: WindowOrder,
	signal: AbortSignal,
): Promise<Warmup> {
	const { warmupMs, warmupMaxMs } = order.load;
	const points: WarmupPoint[] = [];
	for (;;) {
		const shortestMs = points.length === 0 ? 1 : SHORTEST_POLL_MS;
		await sleep(Math.min(WARMUP_POLL_MS, Math.max(shortestMs, warmupMs)), undefined, { signal }).catch(() => {});
		signal.throwIfAborted();
		const [progress, reading] = await Promise.all([generator.progress(), cpu?.read()]);
		const requests = progress.ok;
		points.push({
			elapsedMs: progress.elapsedNs / 1e6,
			requests,
			costNs: reading?.cpuNs ?? progress.elapsedNs,
		});
		const state = warmupState(points, { minMs: warmupMs, maxMs: warmupMaxMs });
		if (state === "cold") continue;
		// A warm-up shorter than one answer takes says nothing about the target.
		if (isSilent(progress) && progress.elapsedNs / 1e6 <= order.load.timeoutMs) continue;
		if (requests === 0) throw nothingGood(order, progress);
		return { requests, durationMs: progress.elapsedNs / 1e6, flat: state === "warm" };
	}
}

const wholeAnswers = ({ ok, unexpectedStatus }: LoadProgress): number =>
	Object.values(unexpectedStatus).reduce((sum, each) => sum + each, ok);

/** The blocks of the latency that a user waits for: response times where there are planned starts. */
const latencyBlocks = ({ series, blocks }: WindowResult): readonly LatencyHistogram[] =>
	series.find(({ name }) => name === "response")?.blocks ?? blocks.map(({ histogram }) => histogram);

/** "64 clients", "500 requests/s" */
const loadName = (load: Load): string =>
	load.kind === "closed" ? `${load.clients} clients` : `${load.ratePerSecond} requests/s`;

type Seen = Pick<LoadProgress, "unexpectedStatus" | "errors" | "tallies" | "elapsedNs">;

/** Whether nothing has come back so far, not even an error. */
const isSilent = ({ ok, unexpectedStatus, errors }: LoadProgress): boolean =>
	ok === 0 && [unexpectedStatus, errors].every((counts) => Object.values(counts).every((count) => count === 0));

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
	return new KnownError({
		code: seen === "" ? "TARGET_SILENT" : "TARGET_ANSWER",
		what: `${method} ${path} gave no good answer in ${Number((elapsedNs / 1e9).toPrecision(2))} s under ${loadName(order.load)}`,
		why: seen === "" ? "not one request was answered" : seen,
		fix:
			only !== undefined && statuses.length === 1
				? adviceFor(Number(only[0]), order.endpoint)
				: "see the target's log; a lower --concurrency or a longer --timeout may help",
	});
}

/** A window in which every answer had a status that nobody expects, although it was another one during the warm-up. */
function refusalOf(order: WindowOrder, { counts, tallies, windowNs }: WindowResult): KnownError | null {
	if (counts.ok > 0 || Object.keys(counts.unexpectedStatus).length === 0) return null;
	return nothingGood(order, { ...counts, tallies, elapsedNs: windowNs });
}

interface Recorded {
	readonly result: WindowResult;
	/** CPU counters at the start of the window, at the end of each full second, and at its end. */
	readonly readings: readonly (CpuReading | null)[];
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
	const result = await generator.record(order.load.durationMs, () => readings.push(read()), signal);
	readings.push(read());
	return { result, readings: await Promise.all(readings) };
}

interface Parts {
	readonly order: WindowOrder;
	readonly startedAt: Date;
	readonly warmup: Warmup;
	readonly recorded: Recorded;
	readonly generator: LoadGenerator;
	readonly processes: number;
	readonly source: CpuReader["source"] | null;
}

function toMeasurement({ order, startedAt, warmup, recorded, generator, processes, source }: Parts): Measurement {
	const { result, readings } = recorded;
	const secondCpuNs = result.seconds.map((_, index) => differenceNs(readings[index], readings[index + 1]));
	return {
		id: order.id,
		variant: order.variant,
		endpoint: {
			method: order.endpoint.method,
			path: redactPath(order.endpoint.path),
			headers: redactHeaders(order.endpoint.headers),
			bodyBytes: order.endpoint.body?.byteLength ?? 0,
		},
		collector: order.collector,
		load: order.load,
		startedAt: startedAt.toISOString(),
		windowNs: result.windowNs,
		counts: result.counts,
		requestsPerSecond: result.windowNs === 0 ? 0 : (result.counts.ok / result.windowNs) * 1e9,
		serviceTime: {
			percentiles: estimatePercentiles(result.blocks.map(({ histogram }) => histogram)),
			maxNs: result.serviceTime.maxNs,
			meanNs: result.serviceTime.meanNs,
			histogramV2: result.serviceTime.histogramV2,
		},
		harness: order.harness.kind,
		series: result.series.map(({ name, blocks, count, maxNs, meanNs, histogramV2 }) => ({
			name,
			count,
			percentiles: estimatePercentiles(blocks),
			maxNs,
			meanNs,
			histogramV2,
		})),
		tallies: { ...result.tallies },
		within: order.boundNs === null ? null : shareWithin(latencyBlocks(result), order.boundNs),
		unanswered: result.unanswered,
		unexpectedServiceTime:
			result.unexpectedServiceTime === null ? null : { histogramV2: result.unexpectedServiceTime.histogramV2 },
		bodyBytesPerRequest: result.counts.ok === 0 ? 0 : result.bodyBytes / result.counts.ok,
		cpu: source === null ? null : cpuOf(result, readings, secondCpuNs, processes, source),
		generator: {
			...result.health,
			cpuUtilization: result.windowNs === 0 ? 0 : result.health.cpuNs / result.windowNs,
			pinnedCpus: generator.pinnedCpus,
		},
		warmup,
		seconds: result.seconds.map(({ histogramV2: _, ...second }, index) => ({
			...second,
			targetCpuNs: secondCpuNs[index] ?? null,
		})),
		allocation: null,
		hlogFile: order.saveSeconds?.(result, startedAt) ?? null,
		partial: result.cutShort,
	};
}

function cpuOf(
	result: WindowResult,
	readings: readonly (CpuReading | null)[],
	secondCpuNs: readonly (number | null)[],
	processes: number,
	source: CpuReader["source"],
): Measurement["cpu"] {
	const totalNs = differenceNs(readings[0], readings.at(-1));
	const blocks = result.seconds.flatMap((second, index) => {
		const cpuNs = secondCpuNs[index];
		return cpuNs === null || cpuNs === undefined ? [] : [{ numerator: cpuNs, denominator: second.requests }];
	});
	const ratio = ratioOf(blocks);
	if (totalNs === null || ratio === null) return null;
	return {
		nsPerRequest: ratio.value,
		lowNs: ratio.low,
		highNs: ratio.high,
		totalNs,
		runQueueWaitNs: waitNs(readings[0], readings.at(-1)),
		source,
		processes,
	};
}

const differenceNs = (from: CpuReading | null | undefined, to: CpuReading | null | undefined): number | null =>
	from == null || to == null ? null : to.cpuNs - from.cpuNs;

const waitNs = (from: CpuReading | null | undefined, to: CpuReading | null | undefined): number | null =>
	from?.runQueueWaitNs == null || to?.runQueueWaitNs == null ? null : to.runQueueWaitNs - from.runQueueWaitNs;
