import { describe, expect, it } from "vitest";
import { seededRandom } from "#src/random.js";
import { bucketOf } from "./buckets.js";
import { EMPTY_HISTOGRAM, histogramFromPairs, type LatencyHistogram, valueAtQuantile } from "./histogram.js";
import { quantileOfSample } from "./quantile-of-sample.js";

const histogramOf = (values: readonly number[]): LatencyHistogram => {
	const counts = new Map<number, number>();
	for (const value of values) counts.set(bucketOf(value), (counts.get(bucketOf(value)) ?? 0) + 1);
	return histogramFromPairs(Uint32Array.from([...counts].toSorted(([a], [b]) => a - b).flat()));
};

describe("a quantile as a sample of so many answers has it", () => {
	const random = seededRandom(4);
	/** Heavy tails: a Pareto distribution whose quantile at q is 1 ms ÷ (1 − q)^½. */
	const draw = (): number => Math.round(1e6 / Math.sqrt(1 - random()));
	const population = histogramOf(Array.from({ length: 200_000 }, draw));

	it("is near to the quantile itself where there are many", () => {
		for (const quantile of [0.5, 0.9, 0.99]) {
			const found = quantileOfSample(population, quantile, population.totalCount) as number;
			expect(Math.abs(found / (valueAtQuantile(population, quantile) as number) - 1)).toBeLessThan(0.005);
		}
	});

	it("is what samples of that size have on average", () => {
		const size = 400;
		const meanLog = (quantile: number): number => {
			const logs = Array.from({ length: 2_000 }, () => {
				const sample = histogramOf(Array.from({ length: size }, draw));
				return Math.log(quantileOfSample(sample, quantile, size) as number);
			});
			return logs.reduce((sum, each) => sum + each, 0) / logs.length;
		};
		// The standard error of the mean of 2,000 logs is 0.0045 for p99.
		expect(Math.abs(meanLog(0.99) - Math.log(quantileOfSample(population, 0.99, size) as number))).toBeLessThan(0.03);
		expect(Math.abs(meanLog(0.5) - Math.log(quantileOfSample(population, 0.5, size) as number))).toBeLessThan(0.01);
	});

	it("does not grow with the answers of a side, where the quantile of all of them does", () => {
		const [few, many] = [400, 100_000].map((size) => histogramOf(Array.from({ length: size }, draw)));
		const at = (histogram: LatencyHistogram | undefined): number =>
			quantileOfSample(histogram ?? EMPTY_HISTOGRAM, 0.999, 400) as number;
		// A sample of 400 tells p99.9 by its largest two: an sd of its log of some 0.5.
		expect(Math.abs(Math.log(at(few) / at(many)))).toBeLessThan(1.5);
	});

	it("is none without answers", () => {
		expect(quantileOfSample(EMPTY_HISTOGRAM, 0.5, 10)).toBeNull();
		expect(quantileOfSample(population, 0.5, 0)).toBeNull();
	});
});
