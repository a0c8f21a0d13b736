import { describe, expect, it } from "vitest";
import { Simulation } from "../../../test/fixtures/simulated-contrasts.js";
import { criticalT } from "./critical-t.js";
import { detectableChange, setsToDecide } from "./forecast.js";
import { mean, standardDeviation } from "./robust.js";

describe("forecasts", () => {
	it("see smaller changes with more sets, and none without spread", () => {
		const few = detectableChange(0.02, 8, 0.002) as number;
		const many = detectableChange(0.02, 32, 0.002) as number;
		expect(many).toBeLessThan(few / 2);
		expect(detectableChange(0, 8, 0.002)).toBeNull();
		expect(detectableChange(0.02, 1, 0.002)).toBeNull();
	});

	it("are found 8 times out of 10", () => {
		const simulation = new Simulation(41);
		const [sets, sd, level, n] = [20, 0.02, 0.002, 4_000];
		const change = detectableChange(sd, sets, level) as number;
		let found = 0;
		for (let i = 0; i < n; i++) {
			const values = Array.from({ length: sets }, () => change + sd * simulation.normal());
			if (mean(values) > (criticalT(level, sets) * standardDeviation(values)) / Math.sqrt(sets)) found++;
		}
		expect(Math.abs(found / n - 0.8)).toBeLessThan(0.04);
	});

	it("say how many sets it takes, and nothing where it never ends", () => {
		const critical = {
			difference: (of: number) => criticalT(0.002, of),
			noChange: (of: number) => criticalT(0.05, of),
		};
		const sets = setsToDecide(0, 0.02, 0.02, critical) as number;
		expect(sets).toBeGreaterThan(4);
		expect(sets).toBeLessThan(9);
		// A difference is harder to be sure of than that there is none.
		const different = setsToDecide(0.02, 0.02, 0.02, critical) as number;
		expect(different).toBeGreaterThan(sets);
		expect(different).toBeLessThan(20);
		expect(setsToDecide(0.0199999, 0.02, 0.02, critical)).toBeNull();
	});
});
