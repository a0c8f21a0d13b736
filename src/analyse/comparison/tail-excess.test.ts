import { describe, expect, it } from "vitest";
import { bucketOf } from "#src/analyse/latency/buckets.js";
import { EMPTY_HISTOGRAM, histogramFromPairs, type LatencyHistogram } from "#src/analyse/latency/histogram.js";
import { seededRandom } from "#src/random.js";
import { tailExcess } from "./tail-excess.js";

/** Answers of some 100 µs; one in `oneIn` stands for `stallNs` besides. */
function answers(count: number, seed: number, oneIn = Number.POSITIVE_INFINITY, stallNs = 0): LatencyHistogram {
	const random = seededRandom(seed);
	const counts = new Map<number, number>();
	for (let i = 0; i < count; i++) {
		const ns = 1e5 / Math.sqrt(1 - 0.999 * random()) + (random() < 1 / oneIn ? stallNs : 0);
		counts.set(bucketOf(Math.round(ns)), (counts.get(bucketOf(Math.round(ns))) ?? 0) + 1);
	}
	return histogramFromPairs(Uint32Array.from([...counts].toSorted(([a], [b]) => a - b).flat()));
}

describe("the tail of one side beside the other's", () => {
	it("tells how many requests take how long", () => {
		const found = tailExcess(answers(20_000, 1), answers(24_000, 2, 200, 20e6));
		expect(found?.slower).toBe("head");
		expect((found?.share ?? 0) * 200).toBeGreaterThan(0.75);
		expect((found?.share ?? 0) * 200).toBeLessThan(1.25);
		expect((found?.ns ?? 0) / 20e6).toBeGreaterThan(0.95);
		expect((found?.ns ?? 0) / 20e6).toBeLessThan(1.1);
	});

	it("tells it of base where head got rid of it", () => {
		expect(tailExcess(answers(20_000, 3, 100, 5e6), answers(20_000, 4))?.slower).toBe("base");
	});

	it("tells nothing of two sides of the same code, nor of too few", () => {
		for (let seed = 10; seed < 30; seed += 2) {
			expect(tailExcess(answers(8_000, seed, 300, 8e6), answers(8_000, seed + 1, 300, 8e6))).toBeNull();
		}
		expect(tailExcess(answers(900, 5), answers(900, 6, 200, 20e6))).toBeNull();
		expect(tailExcess(EMPTY_HISTOGRAM, answers(900, 6))).toBeNull();
	});
});
