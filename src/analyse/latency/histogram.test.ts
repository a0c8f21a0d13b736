import { describe, expect, it } from "vitest";
import { libraryHistogram } from "../../../test/support/library-histogram.js";
import { bucketOf, highestValueOf, lowestValueOf } from "./buckets.js";
import {
	countUpTo,
	EMPTY_HISTOGRAM,
	HIGHEST_NS,
	histogramFromPairs,
	mergeHistograms,
	valueAtQuantile,
} from "./histogram.js";

/** Values around every power of two, where a wrong shift would show, up to the highest. */
const edgeValues = Array.from({ length: 42 }, (_, power) => 2 ** power)
	.flatMap((value) => [value - 1, value, value + 1, Math.floor(value * 1.37)])
	.filter((value) => value >= 0 && value <= HIGHEST_NS);

const histogramOf = (values: readonly number[]) => {
	const counts = new Map<number, number>();
	for (const value of values) counts.set(bucketOf(value), (counts.get(bucketOf(value)) ?? 0) + 1);
	return histogramFromPairs(Uint32Array.from([...counts].sort((a, b) => a[0] - b[0]).flat()));
};

describe("the bucket layout", () => {
	it("is that of HdrHistogram", () => {
		const library = libraryHistogram(EMPTY_HISTOGRAM) as unknown as { countsArrayIndex(value: number): number };
		for (const value of edgeValues) expect([value, bucketOf(value)]).toEqual([value, library.countsArrayIndex(value)]);
	});

	it("holds each value between the ends of its bucket, which are no more than 0.1 % apart", () => {
		for (const value of edgeValues) {
			const bucket = bucketOf(value);
			expect(lowestValueOf(bucket)).toBeLessThanOrEqual(value);
			expect(highestValueOf(bucket)).toBeGreaterThanOrEqual(value);
			expect(highestValueOf(bucket) - lowestValueOf(bucket)).toBeLessThanOrEqual(value / 1_000);
			expect(bucketOf(highestValueOf(bucket) + 1)).toBe(bucket + 1);
		}
	});
});

describe("a histogram", () => {
	const values = Array.from({ length: 5_000 }, (_, i) => 100_000 + i * i);
	const whole = histogramOf(values);

	it("gives the percentiles that the library gives", () => {
		const library = libraryHistogram(whole);
		for (const quantile of [0, 0.001, 0.5, 0.9, 0.95, 0.99, 0.999, 1]) {
			const expected = library.getValueAtPercentile(quantile * 100);
			if (quantile > 0) expect(valueAtQuantile(whole, quantile)).toBe(expected);
		}
		expect(valueAtQuantile(EMPTY_HISTOGRAM, 0.5)).toBeNull();
	});

	it("takes exactly the k-th value where q·n is a whole number", () => {
		const hundred = histogramOf(Array.from({ length: 100 }, (_, i) => i + 1));
		expect([0.5, 0.9, 0.95, 0.99, 1].map((q) => valueAtQuantile(hundred, q))).toEqual([50, 90, 95, 99, 100]);
	});

	it("merged from parts is the same as from the whole", () => {
		const parts = [values.slice(0, 10), values.slice(10, 3_000), [], values.slice(3_000)].map(histogramOf);
		expect(mergeHistograms(parts)).toEqual(whole);
		expect(countUpTo(whole, bucketOf(100_000))).toBeGreaterThan(0);
		expect(countUpTo(whole, bucketOf(HIGHEST_NS))).toBe(5_000);
	});
});
