import type { LatencyHistogram } from "#src/analyse/latency/histogram.js";
import { estimatePercentiles } from "#src/analyse/latency/percentiles.js";
import { REPORTED_QUANTILES } from "#src/analyse/latency/reported-quantiles.js";
import { shareWithin } from "#src/analyse/latency/share-within.js";
import { ratioOf } from "#src/analyse/statistics/ratio.js";
import { cpuPartsOf, type KindUse } from "#src/analyse/threads/cpu-parts.js";
import type { WindowHooks } from "#src/collect/collector.js";
import type { Harness, WindowResult } from "#src/load/order/order.js";
import type { PoolShare } from "#src/model/cpu-parts.js";
import type { IsolateGroup } from "#src/model/isolates.js";
import type { Load } from "#src/model/load.js";
import type { CpuFigures, Window } from "#src/model/measurement.js";
import { redactHeaders, redactPath } from "#src/secrets/redact.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { CpuReader, CpuReading } from "./cpu-reader.js";

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
	/** Whether it is asked what fills libuv's pool, when the window is over. */
	readonly namesPoolWork?: boolean | undefined;
	readonly hooks?: WindowHooks | undefined;
	/** Keeps the per-second histograms; returns the file's name in the run folder. Not given: they are not kept. */
	readonly saveSeconds?: ((result: WindowResult, startedAt: Date) => string) | undefined;
}

export interface Recorded {
	readonly result: WindowResult;
	/** CPU counters at the start of the window, at the end of each full second, and at its end. */
	readonly readings: readonly (CpuReading | null)[];
	/** What each kind of thread used in the window; null where that is not known. */
	readonly uses: readonly KindUse[] | null;
}

/** What there is of a window when it has closed. */
interface Parts {
	readonly order: WindowOrder;
	readonly startedAt: Date;
	readonly warmup: Window["warmup"];
	readonly recorded: Recorded;
	readonly pinnedCpus: string | null;
	readonly processes: number;
	readonly source: CpuReader["source"] | null;
	/** Null where there is one. */
	readonly isolates: readonly IsolateGroup[] | null;
	/** Null where it was not asked, or cannot tell. */
	readonly poolWork: readonly PoolShare[] | null;
}

/** As the record keeps it. */
export function windowOfResult(parts: Parts): Window {
	const { order, startedAt, warmup, recorded, pinnedCpus, processes, source, isolates, poolWork } = parts;
	const { result, readings } = recorded;
	const secondCpuNs = result.seconds.map((_, index) => differenceNs(readings[index], readings[index + 1]));
	const hlogFile = order.saveSeconds?.(result, startedAt);
	return {
		kind: "window",
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
		measuredNs: result.windowNs,
		counts: result.counts,
		requestsPerSecond: result.windowNs === 0 ? 0 : (result.counts.ok / result.windowNs) * 1e9,
		serviceTime: {
			percentiles: estimatePercentiles(
				result.blocks.map(({ histogram }) => histogram),
				REPORTED_QUANTILES,
				result.serviceTime.maxNs,
			),
			maxNs: result.serviceTime.maxNs,
			meanNs: result.serviceTime.meanNs,
			histogramV2: result.serviceTime.histogramV2,
		},
		harness: order.harness.kind,
		series: result.series.map(({ name, blocks, count, maxNs, meanNs, histogramV2 }) => ({
			name,
			count,
			percentiles: estimatePercentiles(blocks, REPORTED_QUANTILES, maxNs),
			maxNs,
			meanNs,
			histogramV2,
		})),
		tallies: { ...result.tallies },
		...(order.boundNs === null ? {} : { within: shareWithin(latencyBlocks(result), order.boundNs) }),
		unanswered: result.unanswered,
		unexpectedServiceTime:
			result.unexpectedServiceTime === null ? null : { histogramV2: result.unexpectedServiceTime.histogramV2 },
		bodyBytesPerRequest: result.counts.ok === 0 ? 0 : result.bodyBytes / result.counts.ok,
		cpu: source === null ? null : cpuOf(recorded, secondCpuNs, processes, source),
		generator: {
			...result.health,
			cpuUtilization: result.windowNs === 0 ? 0 : result.health.cpuNs / result.windowNs,
			pinnedCpus,
		},
		warmup,
		seconds: result.seconds.map(({ histogramV2: _, ...second }, index) => ({
			...second,
			targetCpuNs: secondCpuNs[index] ?? null,
		})),
		...(isolates === null ? {} : { isolates: [...isolates] }),
		...(poolWork === null ? {} : { poolWork: [...poolWork] }),
		...(hlogFile === undefined ? {} : { hlogFile }),
		partial: result.cutShort,
	};
}

function cpuOf(
	{ result, readings, uses }: Recorded,
	secondCpuNs: readonly (number | null)[],
	processes: number,
	source: CpuReader["source"],
): CpuFigures | null {
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
		parts: uses === null ? null : cpuPartsOf(uses, ratio.value),
	};
}

const differenceNs = (from: CpuReading | null | undefined, to: CpuReading | null | undefined): number | null =>
	from == null || to == null ? null : to.cpuNs - from.cpuNs;

const waitNs = (from: CpuReading | null | undefined, to: CpuReading | null | undefined): number | null =>
	from?.runQueueWaitNs == null || to?.runQueueWaitNs == null ? null : to.runQueueWaitNs - from.runQueueWaitNs;

/** The blocks of the latency that a user waits for: response times where there are planned starts. */
const latencyBlocks = ({ series, blocks }: WindowResult): readonly LatencyHistogram[] =>
	series.find(({ name }) => name === "response")?.blocks ?? blocks.map(({ histogram }) => histogram);
