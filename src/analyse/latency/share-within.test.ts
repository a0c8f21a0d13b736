import { describe, expect, it } from "vitest";
import { seededRandom } from "#src/random.js";
import { bucketOf } from "./buckets.js";
import { histogramFromPairs, type LatencyHistogram } from "./histogram.js";
import { shareWithin } from "./share-within.js";

/** So many of 1 ms, and so many of 9 ms. */
const block = (quick: number, slow = 0): LatencyHistogram =>
	histogramFromPairs(
		Uint32Array.from([...(quick === 0 ? [] : [bucketOf(1e6), quick]), ...(slow === 0 ? [] : [bucketOf(9e6), slow])]),
	);

describe("the share within a bound", () => {
	it("is counted, and nothing where nothing was answered", () => {
		expect(shareWithin([block(2), block(0, 1), block(0, 1)], 2.5e6)).toMatchObject({ share: 0.5, samples: 4 });
		expect(shareWithin([], 1e6)).toBeNull();
	});

	it("is not certain where all of a small sample was within: 367 are too few for 99 %, 368 enough", () => {
		const all = (n: number) => shareWithin([block(n)], 2e6);
		expect(all(367)?.low).toBeLessThan(0.99);
		expect(all(368)?.low).toBeGreaterThanOrEqual(0.99);
		expect(shareWithin([block(0, 2)], 1e6)?.high).toBeLessThan(1);
	});

	it("encloses the true share in about 95 % of samples", () => {
		const random = seededRandom(11);
		const rounds = 400;
		let enclosed = 0;
		for (let round = 0; round < rounds; round++) {
			const blocks = Array.from({ length: 20 }, () => {
				const quick = Array.from({ length: 40 }, random).filter((each) => each < 0.9).length;
				return block(quick, 40 - quick);
			});
			const within = shareWithin(blocks, 2e6);
			if (within?.low != null && within.high != null && within.low <= 0.9 && within.high >= 0.9) enclosed++;
		}
		expect(enclosed / rounds).toBeGreaterThan(0.91);
		expect(enclosed / rounds).toBeLessThan(0.99);
	});
});
