import { encodeHistogram } from "#src/analyse/latency/hdr-encoding.js";
import { mergeHistograms } from "#src/analyse/latency/histogram.js";
import type { HlogInterval } from "#src/analyse/latency/hlog.js";
import type { WindowResult, WindowSeries } from "#src/load/order/order.js";

/** The seconds of a window for a histogram log: the service time without a tag, every other latency under its name. */
export const hlogIntervals = (window: Pick<WindowResult, "blocks" | "seconds" | "series">): HlogInterval[] =>
	window.seconds.flatMap(({ startMs, durationMs, histogramV2 }) => [
		{ tag: null, startMs, durationMs, histogramV2 },
		...window.series.map((series) => ({
			tag: series.name,
			startMs,
			durationMs,
			histogramV2: encodeHistogram(mergeHistograms(blocksBetween(window, series, startMs, startMs + durationMs))),
		})),
	]);

const blocksBetween = ({ blocks }: Pick<WindowResult, "blocks">, series: WindowSeries, fromMs: number, toMs: number) =>
	series.blocks.filter((_, index) => {
		const { startMs = Number.NaN } = blocks[index] ?? {};
		return startMs >= fromMs && startMs < toMs;
	});
