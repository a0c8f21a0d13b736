import { describe, expect, it } from "vitest";
import { seededRandom } from "#src/random.js";
import { meanChange } from "./mean-change.js";

describe("how many times a mean is another", () => {
	it("is their ratio, without an interval where nothing varies", () => {
		expect(meanChange([10, 10], [30, 30, 30])).toEqual({ ratio: 3, low: 3, high: 3 });
		expect(meanChange([10], [30, 30])).toBeNull();
		expect(meanChange([0, 0], [30, 30])).toBeNull();
	});

	it("lies in its interval in about 95 % of samples", () => {
		const random = seededRandom(5);
		const sample = (mean: number, n: number) => Array.from({ length: n }, () => mean * (0.8 + 0.4 * random()));
		const rounds = 1_000;
		let enclosed = 0;
		for (let round = 0; round < rounds; round++) {
			const change = meanChange(sample(100, 5), sample(150, 6));
			if (change !== null && change.low <= 1.5 && change.high >= 1.5) enclosed++;
		}
		expect(enclosed / rounds).toBeGreaterThan(0.92);
		expect(enclosed / rounds).toBeLessThan(0.98);
	});
});
