import { decodeFromCompressedBase64, HistogramLogWriter } from "hdr-histogram-js";
import { HGRM_NS_PER_UNIT } from "./hgrm.js";

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
	let text = "";
	const writer = new HistogramLogWriter((line) => {
		text += line;
	});
	const startSeconds = startedAt.getTime() / 1_000;
	writer.outputLogFormatVersion();
	// Not outputStartTime(): it adds an empty line and the writer's local time.
	writer.outputComment(`[StartTime: ${startSeconds.toFixed(3)} (seconds since epoch), ${startedAt.toISOString()}]`);
	writer.outputLegend();
	for (const { tag, startMs, durationMs, histogramV2 } of intervals) {
		const histogram = decodeFromCompressedBase64(histogramV2, 64, false);
		if (tag !== null) histogram.tag = tag;
		writer.outputIntervalHistogram(histogram, startMs / 1_000, (startMs + durationMs) / 1_000, HGRM_NS_PER_UNIT);
	}
	return text;
}
