import { decodeFromCompressedBase64, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { seededRandom } from "#src/random.js";
import { libraryHistogram } from "../../../test/support/library-histogram.js";
import { bucketOf, lowestValueOf } from "./buckets.js";
import { decodeHistogram, encodeHistogram } from "./hdr-encoding.js";
import { hgrmText } from "./hgrm.js";
import { EMPTY_HISTOGRAM, HIGHEST_NS, histogramFromPairs, type LatencyHistogram } from "./histogram.js";
import { hlogText } from "./hlog.js";

const of = (...pairs: readonly (readonly [valueNs: number, count: number])[]): LatencyHistogram =>
	histogramFromPairs(Uint32Array.from(pairs.flatMap(([valueNs, count]) => [bucketOf(valueNs), count])));

const random = seededRandom(5);
/** From nanoseconds to minutes, one to a million of each, close together or far apart. */
const drawn = Array.from({ length: 40 }, (): LatencyHistogram => {
	const counts = new Map<number, number>();
	const scale = 10 ** (1 + 9 * random());
	for (let values = 1 + Math.floor(300 * random() ** 3); values > 0; values--) {
		counts.set(bucketOf(Math.floor(scale * random() ** 2)), 1 + Math.floor(10 ** (6 * random())));
	}
	return histogramFromPairs(Uint32Array.from([...counts].sort((a, b) => a[0] - b[0]).flat()));
});

const edges: readonly (readonly [string, LatencyHistogram])[] = [
	["nothing", EMPTY_HISTOGRAM],
	["one value", of([1_234_567, 1])],
	["zero", of([0, 3])],
	["zero, and one bucket left out", of([0, 1], [2, 1])],
	["neighbours", of([1, 2], [2, 64], [3, 63])],
	["the ends of the linear part", of([2_047, 1], [2_048, 1], [2_050, 7])],
	["more than 32 bits hold", of([2 ** 31 - 1, 4e9], [2 ** 31, 4e9], [2 ** 36, 1])],
	["the longest there is", of([5, 1], [HIGHEST_NS, 2])],
	["what counts as the longest", of([HIGHEST_NS, 2], [2 ** 43, 3], [2 ** 44, 1])],
];

describe("of HdrHistogram", () => {
	it.each(edges)(
		"%s is encoded as the library encodes it, and its distribution written as it writes that",
		(_, each) => {
			expect(encodeHistogram(each)).toBe(encodeIntoCompressedBase64(libraryHistogram(each)));
			const held = decodeHistogram(encodeHistogram(each));
			expect(hgrmText(held)).toBe(distributionOf(each));
		},
	);

	it("any histogram is, and is read back", () => {
		for (const each of drawn) {
			const encoded = encodeHistogram(each);
			expect(encoded).toBe(encodeIntoCompressedBase64(libraryHistogram(each)));
			expect(decodeHistogram(encoded)).toEqual(each);
			expect(hgrmText(each)).toBe(distributionOf(each));
		}
	});

	it("maxima of a log are the library's", () => {
		for (const each of [...drawn, EMPTY_HISTOGRAM]) {
			const histogramV2 = encodeHistogram(each);
			const line = hlogText([{ tag: "a", startMs: 250, durationMs: 1_000, histogramV2 }], new Date(0))
				.split("\n")
				.at(-2);
			const maxMs = (decoded(each).maxValue / 1e6).toLocaleString("en-US", {
				...{ minimumFractionDigits: 3, maximumFractionDigits: 3, useGrouping: false },
			});
			expect(line).toBe(`Tag=a,0.250,1.000,${maxMs},${histogramV2}`);
		}
	});
});

it("lowest values of what was read back are those that were counted", () => {
	const { buckets, counts, totalCount } = decodeHistogram(encodeHistogram(of([1_000, 2], [1_500, 5])));
	expect([...buckets].map(lowestValueOf)).toEqual([1_000, 1_500]);
	expect([[...counts], totalCount]).toEqual([[2, 5], 7]);
});

const decoded = (histogram: LatencyHistogram) =>
	decodeFromCompressedBase64(encodeIntoCompressedBase64(libraryHistogram(histogram)), 64, false);
const distributionOf = (histogram: LatencyHistogram): string => decoded(histogram).outputPercentileDistribution(5, 1e6);
