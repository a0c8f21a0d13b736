import { encodeHistogram } from "#src/analyse/latency/hdr-encoding.js";
import {
	EMPTY_HISTOGRAM,
	histogramFromPairs,
	type LatencyHistogram,
	mergeHistograms,
	valueAtQuantile,
} from "#src/analyse/latency/histogram.js";
import type { RawBlock, RawWindow } from "#src/load/order/ipc-messages.js";
import type { WindowBlock, WindowResult, WindowSecond } from "#src/load/order/order.js";
import { windowSeries } from "./window-series.js";

const SECOND_MS = 1_000;

/** From the generator's counts: merges, percentiles of each second, and histograms that other tools read. Pure. */
export function windowResult(raw: RawWindow): WindowResult {
	const rawBlocks = raw.blocks.filter((block) => block.durationMs > 0);
	const histograms = new Map(rawBlocks.map((block) => [block, histogramFromPairs(block.pairs)]));
	const histogramOf = (block: RawBlock): LatencyHistogram => histograms.get(block) ?? EMPTY_HISTOGRAM;
	const merged = mergeHistograms(rawBlocks.map(histogramOf));
	const unexpected = histogramFromPairs(raw.unexpectedPairs);
	const ok = sum(rawBlocks, (block) => block.ok);
	const waitsNs = raw.unansweredMs.map((waitMs) => Math.max(0, Math.round(waitMs * 1e6)));
	const series = windowSeries(rawBlocks, waitsNs);
	const response = series.find(({ name }) => name === "response")?.blocks;
	const responseTimes = new Map(rawBlocks.map((block, index) => [block, response?.[index] ?? EMPTY_HISTOGRAM]));
	const responseOf = (block: RawBlock): LatencyHistogram => responseTimes.get(block) ?? EMPTY_HISTOGRAM;
	const attempted = sum(rawBlocks, (block) => block.ok + block.unexpected + block.errors);
	return {
		windowNs: Math.round(raw.windowMs * 1e6),
		cutShort: raw.cutShort,
		counts: { attempted, ok, unexpectedStatus: raw.unexpectedStatus, errors: raw.errors },
		serviceTime: {
			histogram: merged,
			histogramV2: encodeHistogram(merged),
			meanNs: merged.totalCount === 0 ? null : sum(rawBlocks, (block) => block.sumNs) / merged.totalCount,
			maxNs: maxOf(rawBlocks),
		},
		unexpectedServiceTime:
			unexpected.totalCount === 0 ? null : { histogram: unexpected, histogramV2: encodeHistogram(unexpected) },
		blocks: rawBlocks.map(
			(block): WindowBlock => ({
				startMs: block.startMs,
				durationMs: block.durationMs,
				histogram: histogramOf(block),
			}),
		),
		seconds: bySecond(rawBlocks).map((blocks) =>
			second(blocks, mergeHistograms(blocks.map(histogramOf)), mergeHistograms(blocks.map(responseOf))),
		),
		bodyBytes: sum(rawBlocks, (block) => block.bodyBytes),
		health: raw.health,
		series,
		tallies: raw.tallies,
		unanswered: { count: waitsNs.length, oldestNs: Math.max(0, ...waitsNs) },
	};
}

function second(blocks: readonly RawBlock[], histogram: LatencyHistogram, response: LatencyHistogram): WindowSecond {
	const failed = sum(blocks, (block) => block.unexpected + block.errors);
	return {
		startMs: blocks[0]?.startMs ?? 0,
		durationMs: sum(blocks, (block) => block.durationMs),
		requests: failed + sum(blocks, (block) => block.ok),
		errors: failed,
		p50Ns: valueAtQuantile(histogram, 0.5),
		p99Ns: valueAtQuantile(histogram, 0.99),
		maxNs: maxOf(blocks),
		responseP99Ns: valueAtQuantile(response, 0.99),
		histogramV2: encodeHistogram(histogram),
	};
}

function bySecond(blocks: readonly RawBlock[]): RawBlock[][] {
	const seconds: RawBlock[][] = [];
	for (const block of blocks) {
		const index = Math.floor(block.startMs / SECOND_MS);
		const blocksOfSecond = seconds[index] ?? [];
		blocksOfSecond.push(block);
		seconds[index] = blocksOfSecond;
	}
	return seconds;
}

function maxOf(blocks: readonly RawBlock[]): number | null {
	const recorded = blocks.filter((block) => block.pairs.length > 0);
	return recorded.length === 0 ? null : Math.max(...recorded.map((block) => block.maxNs));
}

const sum = (blocks: readonly RawBlock[], figure: (block: RawBlock) => number): number =>
	blocks.reduce((total, block) => total + figure(block), 0);
