import { describe, expect, it } from "vitest";
import { betaQuantile, normalQuantile, studentCdf, studentQuantile } from "./distributions.js";

/** Of published tables (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7), with more digits from R's qt(). */
const STUDENT = [
	[0.975, 1, 12.706204736],
	[0.995, 2, 9.924843201],
	[0.975, 5, 2.570581836],
	[0.95, 9, 1.833112933],
	[0.995, 10, 3.169272673],
	[0.9995, 10, 4.586893859],
	[0.975, 30, 2.042272456],
	[0.975, 100, 1.983971519],
] as const;

describe("distributions", () => {
	it.each(STUDENT)("has Student's t at %d with %d degrees of freedom", (p, degrees, t) => {
		expect(studentQuantile(p, degrees)).toBeCloseTo(t, 8);
		expect(studentQuantile(1 - p, degrees)).toBeCloseTo(-t, 8);
	});

	it("comes back from a quantile to its probability, to eleven digits, far out and for degrees that are no whole number", () => {
		for (const tail of [0.5, 0.1, 0.025, 0.001, 1e-6, 1e-10]) {
			for (const degrees of [1, 2, 5, 7.3, 31, 1_000]) {
				expect(studentCdf(studentQuantile(tail, degrees), degrees) / tail).toBeCloseTo(1, 11);
			}
		}
	});

	it.each([
		[0.975, 1.959963984540054],
		[0.995, 2.5758293035489],
		[0.999, 3.090232306167813],
		[0.99999, 4.264890793922825],
	])("has the normal distribution at %d", (p, z) => {
		expect(normalQuantile(p)).toBeCloseTo(z, 11);
		expect(normalQuantile(1 - p)).toBeCloseTo(-z, 10);
	});

	it("has the beta distribution: the exact interval of 3 in 10 (Clopper and Pearson), and a uniform one", () => {
		expect(betaQuantile(0.025, 3, 8)).toBeCloseTo(0.06673951, 8);
		expect(betaQuantile(0.975, 4, 7)).toBeCloseTo(0.65245285, 8);
		expect(betaQuantile(0.3, 1, 1)).toBeCloseTo(0.3, 12);
	});
});
