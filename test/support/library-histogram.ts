import * as hdr from "hdr-histogram-js";
import { lowestValueOf } from "#src/analyse/latency/buckets.js";
import { HIGHEST_NS, type LatencyHistogram } from "#src/analyse/latency/histogram.js";

/** hdr-histogram-js's own histogram with the same counts: what ours is held against. */
export function libraryHistogram({ buckets, counts }: LatencyHistogram): hdr.Histogram {
	const library = hdr.build({
		bitBucketSize: 64,
		lowestDiscernibleValue: 1,
		highestTrackableValue: HIGHEST_NS,
		numberOfSignificantValueDigits: 3,
		useWebAssembly: false,
	});
	buckets.forEach((bucket, i) => {
		library.recordValueWithCount(Math.min(HIGHEST_NS, lowestValueOf(bucket)), counts[i] as number);
	});
	return library;
}
