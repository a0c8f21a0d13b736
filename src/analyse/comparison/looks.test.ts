import { describe, expect, it } from "vitest";
import { studentQuantile } from "#src/analyse/statistics/distributions.js";
import { criticalT } from "./critical-t.js";
import { equivalenceCritical, levelOfLooks, MOST_LOOKS } from "./looks.js";
import { crossingProbabilityOfT } from "./student-looks.js";

const every = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("the nominal level of each look", () => {
	it("is the whole level where there is one look", () => {
		expect(levelOfLooks(0.01, 20, 20)).toBe(0.01);
	});

	it("spends just what was given, however many looks there are", () => {
		for (const last of [7, 10, 30, 121, MOST_LOOKS]) {
			const level = levelOfLooks(0.01, 6, last);
			expect(crossingProbabilityOfT((n) => criticalT(level, n), every(6, last))).toBeCloseTo(0.01, 4);
		}
	});

	it("refuses what is no level", () => {
		expect(() => levelOfLooks(0, 6, 9)).toThrow(RangeError);
		expect(() => levelOfLooks(1, 6, 9)).toThrow(RangeError);
	});
});

describe("the critical value of no change", () => {
	it("is Student's one-sided one where there is one look", () => {
		expect(equivalenceCritical(0.05, 6, 6, 6)).toBeCloseTo(2.015, 3);
	});

	it("spends just what was given over all looks, more of it on later ones", () => {
		for (const last of [8, 15, 60, 121]) {
			const critical = (n: number): number => equivalenceCritical(0.05, 6, last, n);
			expect(crossingProbabilityOfT(critical, every(6, last), "upper")).toBeCloseTo(0.05, 4);
			expect(critical(last)).toBeLessThan(studentQuantile(0.985, last - 1));
			expect(critical(6)).toBeGreaterThan(critical(last));
		}
	});

	it("is infinite where there is no spread to know", () => {
		expect(equivalenceCritical(0.05, 6, 20, 1)).toBe(Number.POSITIVE_INFINITY);
	});
});

it("a critical value is Student's, and infinite where there is no spread to know", () => {
	expect(criticalT(0.05, 11)).toBeCloseTo(2.228, 3);
	expect(criticalT(0.05, 1)).toBe(Number.POSITIVE_INFINITY);
});
