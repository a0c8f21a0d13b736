import { describe, expect, it } from "vitest";
import {
	clamped,
	domainOf,
	linearScale,
	logarithmicScale,
	logarithmicTicks,
	roundStep,
	ticksFromZero,
	ticksOfSeconds,
	ticksWithin,
} from "#src/report/html/browser/charts/scale.js";

describe("the scales of the page's charts", () => {
	it("puts the ends of a domain on the ends of the line, whichever way it goes", () => {
		const y = linearScale({ from: -1, to: 3 }, [200, 0]);
		expect([-1, 1, 3].map(y)).toEqual([200, 100, 0]);
		expect(linearScale({ from: 2, to: 2 }, [0, 10])(2)).toBe(5);
		expect([-9, 9].map(clamped(y, { from: -1, to: 3 }))).toEqual([200, 0]);
	});

	it("takes as much room for each decade", () => {
		const y = logarithmicScale({ from: 1, to: 1_000 }, [0, 30]);
		expect([1, 10, 100, 1_000].map((value) => Math.round(y(value)))).toEqual([0, 10, 20, 30]);
	});

	it("leaves room around all values, also around one", () => {
		expect(domainOf([0, 10, -10], 0.05, 1)).toEqual({ from: -11, to: 11 });
		expect(domainOf([0, 0], 0.05, 0.01)).toEqual({ from: -0.01, to: 0.01 });
	});

	it("takes the smallest round step of which no more fit in than may", () => {
		for (const length of [0.003, 0.07, 0.9, 1, 4, 7.1, 33, 1_999]) {
			const step = roundStep(length, 7);
			expect(ticksWithin({ from: 0, to: length }, step).length).toBeLessThanOrEqual(8);
			expect([1, 2, 5]).toContain(Math.round(step / 10 ** Math.floor(Math.log10(step) + 1e-9)));
		}
	});

	it("has zero among the ticks of a domain that holds it", () => {
		expect(ticksWithin({ from: -0.5, to: 1.2 }, 0.5)).toEqual([-0.5, 0, 0.5, 1]);
	});

	it("goes from zero past the largest value", () => {
		expect(ticksFromZero([3, 7.2])).toEqual([0, 2, 4, 6, 8]);
		expect(ticksFromZero([10])).toEqual([0, 2.5, 5, 7.5, 10]);
		expect(ticksFromZero([])).toEqual([0, 0.25, 0.5, 0.75, 1]);
	});

	it("has 1, 2 and 5 of each decade around the values", () => {
		expect(logarithmicTicks([3, 45])).toEqual([2, 5, 10, 20, 50]);
		expect(logarithmicTicks([0])).toEqual([1, 10]);
		expect(logarithmicTicks([2])).toEqual([2, 4]);
	});

	it("counts seconds in steps of a clock", () => {
		expect(ticksOfSeconds(5)).toEqual([0, 1, 2, 3, 4, 5]);
		expect(ticksOfSeconds(100)).toEqual([0, 30, 60, 90]);
	});
});
