import { bucketOf } from "#src/analyse/latency/buckets.js";
import { encodeHistogram } from "#src/analyse/latency/hdr-encoding.js";
import {
	EMPTY_HISTOGRAM,
	histogramFromPairs,
	type LatencyHistogram,
	mergeHistograms,
	valueAtQuantile,
} from "#src/analyse/latency/histogram.js";
import type { RawBlock } from "#src/load/order/ipc-messages.js";
import type { WindowSeries } from "#src/load/order/order.js";
import { type SeriesName, seriesNames } from "#src/model/load-words.js";

/**
 * The latencies besides the service time, as the generator counted them.
 * @param waitsNs what was under way at the end of the window, and had waited so long
 */
export const windowSeries = (rawBlocks: readonly RawBlock[], waitsNs: readonly number[]): WindowSeries[] =>
	seriesNames.flatMap((name) => seriesOf(name, rawBlocks, name === "response" ? waitsNs : []));

function seriesOf(name: SeriesName, rawBlocks: readonly RawBlock[], waitsNs: readonly number[]): WindowSeries[] {
	const parts = rawBlocks.map((block) => block.series.find((each) => each.name === name));
	if (parts.every((part) => part === undefined)) return [];
	const answered = parts.map((part) => (part === undefined ? EMPTY_HISTOGRAM : histogramFromPairs(part.pairs)));
	const late = stillWaiting(mergeHistograms(answered), waitsNs);
	const blocks = answered.map((block, index) =>
		index === answered.length - 1 ? mergeHistograms([block, ...late.map(histogramOfOne)]) : block,
	);
	const merged = mergeHistograms(blocks);
	const sumNs = parts.reduce((total, part) => total + (part?.sumNs ?? 0), 0) + late.reduce((a, b) => a + b, 0);
	return [
		{
			name,
			blocks,
			count: merged.totalCount,
			meanNs: sumNs / merged.totalCount,
			maxNs: Math.max(...parts.map((part) => part?.maxNs ?? 0), ...late),
			histogramV2: encodeHistogram(merged),
		},
	];
}

/**
 * A response that has not come counts with what it has waited so far, if that is longer than half of the others took: left
 * out, a stall at the end of the window would not be seen at all. Its true value is larger, so percentiles are at least
 * what they say.
 */
function stillWaiting(answered: LatencyHistogram, waitsNs: readonly number[]): readonly number[] {
	const median = valueAtQuantile(answered, 0.5) ?? 0;
	return waitsNs.filter((waitNs) => waitNs > median);
}

const histogramOfOne = (valueNs: number): LatencyHistogram =>
	histogramFromPairs(Uint32Array.from([bucketOf(valueNs), 1]));
