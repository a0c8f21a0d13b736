import { HistogramLogReader } from "hdr-histogram-js";
import { expect, it } from "vitest";
import { bucketOf } from "./buckets.js";
import { encodeHistogram } from "./hdr-encoding.js";
import { histogramFromPairs } from "./histogram.js";
import { hlogText } from "./hlog.js";

it("is read back by HdrHistogram's log reader, with maxima in milliseconds", () => {
	const of = (valueNs: number, count: number) =>
		encodeHistogram(histogramFromPairs(Uint32Array.from([bucketOf(valueNs), count])));
	const text = hlogText(
		[
			{ tag: null, startMs: 0, durationMs: 1_000, histogramV2: of(2_000_000, 7) },
			{ tag: null, startMs: 1_000, durationMs: 250, histogramV2: of(50_000_000, 3) },
		],
		new Date("2026-01-02T03:04:05.678Z"),
	);
	const lines = text.trimEnd().split("\n");
	expect(lines[0]).toBe("#[Histogram log format version 1.3]");
	expect(lines[1]).toBe("#[StartTime: 1767323045.678 (seconds since epoch), 2026-01-02T03:04:05.678Z]");
	expect(lines.slice(3).map((line) => line.split(",").slice(0, 2))).toEqual([
		["0.000", "1.000"],
		["1.000", "0.250"],
	]);
	expect(lines.slice(3).map((line) => Number(line.split(",")[2]))).toEqual([
		expect.closeTo(2, 1),
		expect.closeTo(50, 0),
	]);
	const reader = new HistogramLogReader(text);
	const intervals = [reader.nextIntervalHistogram(), reader.nextIntervalHistogram()];
	expect(intervals.map((histogram) => histogram?.totalCount)).toEqual([7, 3]);
	expect(intervals[1]?.maxValue).toBeGreaterThanOrEqual(50_000_000);
	expect(reader.nextIntervalHistogram()).toBeNull();
});
