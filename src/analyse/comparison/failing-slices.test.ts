import { describe, expect, it } from "vitest";
import { Simulation } from "../../../test/fixtures/simulated-contrasts.js";
import { failureInterval } from "./failing-slices.js";

const ALPHA = 1e-4;
const between = (slices: number, base: number, head: number, alpha = ALPHA) =>
	failureInterval({ slices, share: base }, { slices, share: head }, alpha) as { low: number; high: number };

describe("the interval of a difference between shares of failed requests", () => {
	it("leaves out zero where one side fails always and the other never, from a dozen slices on", () => {
		expect(between(4, 0, 1).low).toBeLessThan(0);
		expect(between(13, 0, 1).low).toBeGreaterThan(0.1);
		expect(between(40, 0, 1).low).toBeGreaterThan(0.5);
		expect(between(13, 0, 1).high).toBe(1);
	});

	it("is turned over with its sides", () => {
		const [one, other] = [between(20, 0.1, 0.7), between(20, 0.7, 0.1)];
		expect(other.low).toBeCloseTo(-one.high, 8);
		expect(other.high).toBeCloseTo(-one.low, 8);
	});

	it("holds what was seen, and all there is where nothing was", () => {
		for (const share of [0, 0.3, 1]) {
			const { low, high } = between(20, share, share);
			expect(low).toBeLessThanOrEqual(0);
			expect(high).toBeGreaterThanOrEqual(0);
		}
		expect(failureInterval({ slices: 0, share: 0 }, { slices: 5, share: 1 }, ALPHA)).toBeNull();
	});

	it("holds the truth, however wildly slices fail: all of a slice or nothing of it", () => {
		const simulation = new Simulation(61);
		const n = 600;
		const meanOf = (slices: number, truth: number): number =>
			Array.from({ length: slices }, () => Number(simulation.uniform() < truth)).reduce((sum, each) => sum + each, 0) /
			slices;
		for (const truth of [0.02, 0.5]) {
			let missed = 0;
			for (let experiment = 0; experiment < n; experiment++) {
				const { low, high } = between(15, meanOf(15, truth), meanOf(15, truth), 0.05);
				missed += Number(low > 0 || high < 0);
			}
			expect(missed / n).toBeLessThanOrEqual(0.05);
		}
	});
});
