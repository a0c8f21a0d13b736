import { expect, it } from "vitest";
import { median, standardDeviation, trimmedError, trimmedMean } from "./robust.js";

it("robust averages", () => {
	expect(trimmedMean([1, 2, 3, 4, 1_000])).toBe(3);
	expect(median([4, 1, 3, 2])).toBe(2.5);
	expect(median([3, 1, 2])).toBe(2);
	expect(standardDeviation([1, 2, 3, 4])).toBeCloseTo(1.291, 3);
	expect(standardDeviation([1])).toBe(0);
});

it("the error of a trimmed mean is Yuen's", () => {
	// Winsorised: 3 3 3 4 5 6 7 8 8 8, a variance of 42.5 / 9; kept: 6 of 10.
	const { error, degrees } = trimmedError([1, 2, 3, 4, 5, 6, 7, 8, 90, 1_000], 0.2);
	expect(degrees).toBe(5);
	expect(error).toBeCloseTo(Math.sqrt(42.5 / 30), 10);
	expect(trimmedMean([1, 2, 3, 4, 5, 6, 7, 8, 90, 1_000], 0.2)).toBe(5.5);
});
