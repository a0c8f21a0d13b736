import { describe, expect, it } from "vitest";
import { studentQuantile } from "#src/analyse/statistics/distributions.js";
import { Simulation } from "../../../test/fixtures/simulated-contrasts.js";
import { meanRatio } from "./fieller.js";

const SETS = 6;
const CRITICAL = studentQuantile(0.975, SETS - 1);

/** Observations of a difference, and of the part of it that is taken back; both of the same sets. */
function observed(simulation: Simulation, whole: number, share: number, sd: number): [number[], number[]] {
	const sets = Array.from({ length: SETS }, () => {
		const [base, head, without] = [0, whole, whole * (1 - share)].map((truth) => truth + sd * simulation.normal()) as [
			number,
			number,
			number,
		];
		return [head - without, head - base] as const;
	});
	return [sets.map(([part]) => part), sets.map(([, all]) => all)];
}

describe("the ratio of two means", () => {
	it.each([
		[1, 0.01],
		[0.25, 0.02],
		[0.5, 0.04],
		[0, 0.04],
	])("a true share of %d lies in the interval 95 times out of 100, with a spread of %d", (share, sd) => {
		const simulation = new Simulation(5);
		const runs = 4_000;
		let [inside, unbounded] = [0, 0];
		for (let run = 0; run < runs; run++) {
			const found = meanRatio(...observed(simulation, 0.1, share, sd), CRITICAL);
			// A set of ratios with an end at infinity holds the truth more often than not; it claims nothing.
			if (found?.bounds === null) unbounded++;
			else if (found !== null && found.bounds[0] <= share && share <= found.bounds[1]) inside++;
		}
		expect(runs - inside - unbounded).toBeLessThan(runs * 0.058);
	});

	it("has no interval where the lower mean may be zero, and is the ratio where nothing varies", () => {
		expect(meanRatio([1, 1.1, 0.9], [1, -1, 0.5], 4.3)?.bounds).toBeNull();
		const exact = meanRatio([2, 2, 2], [4, 4, 4], 4.3);
		expect(exact?.ratio).toBe(0.5);
		expect(exact?.bounds).toEqual([0.5, 0.5]);
		expect(meanRatio([1], [1], 4.3)).toBeNull();
		expect(meanRatio([1, 1], [0, 0], 4.3)).toBeNull();
	});
});
