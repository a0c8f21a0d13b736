import { describe, expect, it } from "vitest";
import { seededRandom, shuffled } from "./random.js";

describe("a seeded source of random numbers", () => {
	it("gives the same numbers for the same seed, and others for another", () => {
		const take = (seed: number): number[] => Array.from({ length: 5 }, seededRandom(seed));
		expect(take(7)).toEqual(take(7));
		expect(take(7)).not.toEqual(take(8));
	});

	it("fills [0, 1) evenly", () => {
		const random = seededRandom(1);
		const tenths = new Array<number>(10).fill(0);
		const n = 100_000;
		for (let i = 0; i < n; i++) {
			const value = random();
			if (!(value >= 0 && value < 1)) throw new RangeError(String(value));
			tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] ?? 0) + 1;
		}
		// χ² with 9 degrees of freedom stays below 27.9 in 99.9 % of cases; the seed is fixed.
		const chiSquare = tenths.reduce((sum, count) => sum + (count - n / 10) ** 2 / (n / 10), 0);
		expect(chiSquare).toBeLessThan(27.9);
	});
});

it("a shuffled order holds everything once, and every order is as likely as any other", () => {
	const random = seededRandom(3);
	const seen = new Map<string, number>();
	const n = 6_000;
	for (let i = 0; i < n; i++) {
		const order = shuffled(3, random);
		expect([...order].sort()).toEqual([0, 1, 2]);
		seen.set(order.join(), (seen.get(order.join()) ?? 0) + 1);
	}
	expect(seen.size).toBe(6);
	for (const count of seen.values()) expect(Math.abs(count - n / 6)).toBeLessThan(4 * Math.sqrt(n / 6));
});
