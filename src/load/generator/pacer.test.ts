import { describe, expect, it } from "vitest";
import type { OpenArrivals } from "#src/load/order/order.js";
import { distanceFromExponential, largestDistance } from "../../../test/support/kolmogorov-smirnov.js";
import { arrivalGaps, Pacer } from "./pacer.js";

const arrivals = (changes: Partial<OpenArrivals>): OpenArrivals => ({
	kind: "open",
	ratePerSecond: 1_000,
	arrivals: "constant",
	seed: 7,
	maxInFlight: 1,
	spin: false,
	...changes,
});
const gapsOf = (plan: OpenArrivals, n: number): number[] => {
	const next = arrivalGaps(plan);
	return Array.from({ length: n }, next);
};

describe("gaps between arrivals", () => {
	it("are all the same where they are constant", () => {
		expect(new Set(gapsOf(arrivals({ ratePerSecond: 250 }), 100))).toEqual(new Set([4]));
	});

	it("pass for exponential where they are Poisson's, and constant ones do not", () => {
		const n = 20_000;
		const poisson = gapsOf(arrivals({ arrivals: "poisson" }), n);
		expect(distanceFromExponential(poisson, 1)).toBeLessThan(largestDistance(n));
		expect(distanceFromExponential(gapsOf(arrivals({}), n), 1)).toBeGreaterThan(0.5);
	});

	it("do not depend on each other", () => {
		const gaps = gapsOf(arrivals({ arrivals: "poisson" }), 20_000);
		// The correlation of neighbours, which is 0 ± 2/√n for independent ones.
		const products = gaps.slice(1).map((gap, index) => (gap - 1) * ((gaps[index] as number) - 1));
		const correlation = products.reduce((sum, each) => sum + each, 0) / products.length;
		expect(Math.abs(correlation)).toBeLessThan(3 / Math.sqrt(gaps.length));
	});

	it("come again with their seed, and others with another", () => {
		const first = gapsOf(arrivals({ arrivals: "poisson", seed: 3 }), 50);
		expect(gapsOf(arrivals({ arrivals: "poisson", seed: 3 }), 50)).toEqual(first);
		expect(gapsOf(arrivals({ arrivals: "poisson", seed: 4 }), 50)).not.toEqual(first);
	});
});

describe("a pacer", () => {
	for (const spin of [false, true]) {
		it(`plans every arrival from the start, ${spin ? "polling" : "with timers"}: one that is late moves none after it`, async () => {
			const planned: number[] = [];
			let lateBy = 0;
			await new Promise<void>((resolve) => {
				const pacer = new Pacer(arrivals({ ratePerSecond: 500, spin }), (plannedAt, now) => {
					planned.push(plannedAt);
					lateBy = Math.max(lateBy, now - plannedAt);
					if (planned.length === 10) {
						// The loop stands still for 40 ms, twenty arrivals long.
						const end = performance.now() + 40;
						while (performance.now() < end);
					}
					if (planned.length === 60) {
						pacer.stop();
						resolve();
					}
				});
				pacer.start();
			});
			const gaps = planned.slice(1).map((at, index) => at - (planned[index] as number));
			for (const gap of gaps) expect(gap).toBeCloseTo(2, 6);
			expect(lateBy).toBeGreaterThanOrEqual(30);
		});
	}
});
