import { highestValueOf } from "./buckets.js";
import { decodeHistogram } from "./hdr-encoding.js";
import { HGRM_NS_PER_UNIT, numberOf } from "./hgrm.js";

export interface HlogInterval {
	/** Which latency, where it is not the service time; a letter first, then letters and digits. */
	readonly tag: string | null;
	/** Since the start of the window. */
	readonly startMs: number;
	readonly durationMs: number;
	/** V2 HDR histogram, compressed, base64, in nanoseconds. */
	readonly histogramV2: string;
}

/**
 * A histogram log (version 1.3) of one window, one line an interval and tag, for HistogramLogProcessor,
 * HistogramLogAnalyzer and the like. Values are nanoseconds and the column of maxima is in milliseconds, as those expect.
 */
export function hlogText(intervals: readonly HlogInterval[], startedAt: Date): string {
	const startSeconds = startedAt.getTime() / 1_000;
	return [
		"#[Histogram log format version 1.3]",
		`#[StartTime: ${startSeconds.toFixed(3)} (seconds since epoch), ${startedAt.toISOString()}]`,
		'"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
		...intervals.map(lineOf),
		"",
	].join("\n");
}

function lineOf({ tag, startMs, durationMs, histogramV2 }: HlogInterval): string {
	const from = startMs / 1_000;
	const to = (startMs + durationMs) / 1_000;
	const last = decodeHistogram(histogramV2).buckets.at(-1);
	const maxNs = last === undefined ? 0 : highestValueOf(last);
	const figures = [from, to - from, maxNs / HGRM_NS_PER_UNIT].map((figure) => numberOf(3)(figure));
	return [...(tag === null ? [] : [`Tag=${tag}`]), ...figures, histogramV2].join(",");
}
