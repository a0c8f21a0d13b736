import { describe, expect, it } from "vitest";
import { Simulation } from "../../../test/fixtures/simulated-contrasts.js";
import { commonVariance, moderatedVariance, twoSidedP } from "./moderated.js";

/** A sample variance of normal values with this true variance. */
function sampleVariance(truth: number, degrees: number, noise: Simulation): number {
	let sum = 0;
	for (let i = 0; i < degrees; i++) sum += noise.normal() ** 2;
	return (truth * sum) / degrees;
}

describe("what variances have in common", () => {
	it("is found again where the true ones vary as if each had been seen ten times more", () => {
		const noise = new Simulation(1);
		// A scaled inverse chi-square with ten degrees of freedom around 2.
		const variances = Array.from({ length: 20_000 }, () => sampleVariance(2 / sampleVariance(1, 10, noise), 5, noise));
		const common = commonVariance(variances, 5);
		expect(common.degrees).toBeGreaterThan(9);
		expect(common.degrees).toBeLessThan(11);
		expect(common.variance).toBeCloseTo(2, 1);
	});

	it("is all there is where they are all the same", () => {
		const noise = new Simulation(2);
		const common = commonVariance(
			Array.from({ length: 400 }, () => sampleVariance(3, 5, noise)),
			5,
		);
		expect(common.degrees).toBeGreaterThan(60);
		expect(moderatedVariance(12, 5, common).variance).toBeLessThan(4.5);
	});

	it("is nothing with one or two of them, which stand for themselves", () => {
		expect(moderatedVariance(7, 5, commonVariance([7, 9], 5))).toEqual({ variance: 7, degrees: 5 });
	});

	it("lies between the own and the common one, by what each is known from", () => {
		expect(moderatedVariance(4, 5, { variance: 1, degrees: 10 })).toEqual({ variance: 2, degrees: 15 });
	});
});

it("the probability of a t of 2.571 with five degrees of freedom is 5 %", () => {
	expect(twoSidedP(2.5706, 5)).toBeCloseTo(0.05, 5);
	expect(twoSidedP(-1.959964, Number.POSITIVE_INFINITY)).toBeCloseTo(0.05, 5);
});
