import { describe, expect, it } from "vitest";
import { seededRandom } from "#src/random.js";
import { ratioOf } from "./ratio.js";

describe("ratioOf", () => {
	it("divides the sums, not the blocks", () => {
		expect(
			ratioOf([
				{ numerator: 10, denominator: 1 },
				{ numerator: 10, denominator: 9 },
			]),
		).toEqual({ value: 2, low: null, high: null });
	});

	it("is null without requests", () => {
		expect(ratioOf([])).toBeNull();
		expect(ratioOf([{ numerator: 5, denominator: 0 }])).toBeNull();
	});

	it("has no width when every block costs the same per request", () => {
		const estimate = ratioOf([1, 2, 3, 4].map((requests) => ({ numerator: 7 * requests, denominator: requests })));
		expect(estimate?.low).toBeCloseTo(7, 9);
		expect(estimate?.high).toBeCloseTo(7, 9);
	});

	it("covers the truth about 95 % of the time (4,000 windows of 10 seconds, noise of 8 % a second)", () => {
		const random = seededRandom(20260101);
		const windows = 4_000;
		let covered = 0;
		for (let window = 0; window < windows; window++) {
			const blocks = Array.from({ length: 10 }, () => {
				const requests = 8_000 + 2_000 * random();
				return { numerator: requests * 50_000 * (1 + 0.08 * normal(random)), denominator: requests };
			});
			const estimate = ratioOf(blocks);
			if (estimate?.low != null && estimate.high !== null && estimate.low <= 50_000 && estimate.high >= 50_000)
				covered++;
		}
		// Standard error of the share: sqrt(0.95 × 0.05 / 4000) = 0.34 %; four of them either way.
		expect(covered / windows).toBeGreaterThan(0.936);
		expect(covered / windows).toBeLessThan(0.964);
	});
});

const normal = (random: () => number): number =>
	Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
