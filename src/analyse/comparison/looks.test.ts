import { describe, expect, it } from "vitest";
import { normalQuantile } from "#src/analyse/statistics/distributions.js";
import { criticalT } from "./critical-t.js";
import { crossingProbability, levelOfLooks, nominalLevel } from "./looks.js";
import { crossingProbabilityOfT } from "./student-looks.js";

describe("the nominal level of each look", () => {
	it("is the whole level where there is one look", () => {
		expect(nominalLevel(0.01, [20])).toBe(0.01);
	});

	it("is that of Pocock's tables for looks at equal distances", () => {
		// Jennison and Turnbull (2000), table 2.1, two-sided 5 %: critical values 2.178, 2.289, 2.413 for 2, 3 and 5 looks.
		for (const [looks, z] of [
			[2, 2.178],
			[3, 2.289],
			[5, 2.413],
		] as const) {
			const level = nominalLevel(
				0.05,
				Array.from({ length: looks }, (_, index) => index + 1),
			);
			expect(normalQuantile(1 - level / 2)).toBeCloseTo(z, 2);
		}
	});

	it("is 0.00231 for looks at 6, 9, 12, 16, 20, 26 and 32 at 1 %", () => {
		expect(nominalLevel(0.01, [6, 9, 12, 16, 20, 26, 32])).toBeCloseTo(0.00231, 5);
	});

	it("spends just what was given, however many looks there are", () => {
		for (const last of [6, 10, 30, 60]) {
			const looks = Array.from({ length: last - 5 }, (_, index) => index + 6);
			expect(crossingProbability(nominalLevel(0.01, looks), looks)).toBeCloseTo(0.01, 6);
			expect(crossingProbabilityOfT(levelOfLooks(0.01, 6, last), looks)).toBeCloseTo(0.01, 4);
		}
	});

	it("refuses what is no level and no look", () => {
		expect(() => nominalLevel(0, [1])).toThrow(RangeError);
		expect(() => nominalLevel(0.05, [])).toThrow(RangeError);
	});
});

it("a critical value is Student's, and infinite where there is no spread to know", () => {
	expect(criticalT(0.05, 11)).toBeCloseTo(2.228, 3);
	expect(criticalT(0.05, 1)).toBe(Number.POSITIVE_INFINITY);
});
