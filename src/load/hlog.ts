import { decodeFromCompressedBase64, HistogramLogWriter } from "hdr-histogram-js";

export interface HlogInterval {
	/** Since the start of the window. */
	readonly startMs: number;
	readonly durationMs: number;
	/** V2 HDR histogram, compressed, base64, in nanoseconds. */
	readonly histogramV2: string;
}

/** Values are nanoseconds and the log's column of maxima is in milliseconds, as HdrHistogram's own tools expect. */
const NS_PER_MS = 1e6;

/**
 * A histogram log (version 1.3) of one window, one line an interval, for HistogramLogProcessor, HistogramLogAnalyzer and
 * the like.
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
	for (const { startMs, durationMs, histogramV2 } of intervals) {
		const histogram = decodeFromCompressedBase64(histogramV2, 64, false);
		writer.outputIntervalHistogram(histogram, startMs / 1_000, (startMs + durationMs) / 1_000, NS_PER_MS);
	}
	return text;
}
