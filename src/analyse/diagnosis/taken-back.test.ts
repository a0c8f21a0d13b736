import { describe, expect, it } from "vitest";
import type { ProcessSet, Round, Slice } from "#src/analyse/comparison/process-set.js";
import { EMPTY_HISTOGRAM } from "#src/analyse/latency/histogram.js";
import { Simulation } from "../../../test/fixtures/simulated-contrasts.js";
import { alphaOfTrial, outcomeOf, takenBackOf } from "./taken-back.js";

const slice = (cpuNs: number): Slice => ({
	...{ requests: 100, errors: 0, durationNs: 1e7, cpuNs: cpuNs * 100, runQueueWaitNs: 0 },
	latency: EMPTY_HISTOGRAM,
});

/** Base, head, and head without something, in so many sets; each process differs by so much. */
function setsOf(
	simulation: Simulation,
	[base, head, without]: readonly [number, number, number],
	count: number,
	sd: number,
) {
	return Array.from({ length: count }, (_, index): ProcessSet => {
		const costs = [base, head, without].map((cost) => cost * Math.exp(sd * simulation.normal()));
		const rounds = Array.from({ length: 10 }, (): Round => ({ order: [0, 1, 2], slices: costs.map(slice) }));
		return {
			index,
			endedAtMs: 0,
			startOrder: [0, 1, 2],
			warmupRequests: [1, 1, 1],
			rounds,
			allocation: [null, null, null],
		};
	});
}

const rules = { metrics: ["cpu"], clearest: "cpu", alpha: 0.01 } as const;

describe("what is gone without something", () => {
	it("is told as a share, with the levels of all three", () => {
		const [cpu] = takenBackOf(setsOf(new Simulation(3), [100_000, 110_000, 100_500], 8, 0.002), rules);
		expect(cpu).toMatchObject({ metric: "cpu", unit: "ns", sets: 8 });
		expect(cpu?.share).toBeCloseTo(0.95, 1);
		expect(cpu?.low).toBeLessThan(0.95);
		expect(cpu?.high).toBeGreaterThan(0.95);
		expect((cpu?.head ?? 0) / (cpu?.base ?? 1)).toBeCloseTo(1.1, 2);
	});

	it.each([
		["a suspect that is none of it", 0],
		["a fifth of it", 0.2],
	])("%s is proved in at most one of a hundred trials, however often one looks", (_, share) => {
		const simulation = new Simulation(9);
		let proved = 0;
		const trials = 300;
		for (let trial = 0; trial < trials; trial++) {
			const sets = setsOf(simulation, [100_000, 105_000, 105_000 - share * 5_000], 12, 0.01);
			const looks = sets.map((_, index) => sets.slice(0, index + 1)).slice(2);
			if (looks.some((seen) => outcomeOf(takenBackOf(seen, rules), "cpu") === "proved")) proved++;
		}
		expect(proved / trials).toBeLessThanOrEqual(0.012);
	});

	it("a cause is proved, and half of one is neither proved for nothing nor refuted at once", () => {
		const simulation = new Simulation(4);
		const outcomes = Array.from({ length: 60 }, () =>
			outcomeOf(takenBackOf(setsOf(simulation, [100_000, 110_000, 100_000], 6, 0.005), rules), "cpu"),
		);
		expect(outcomes.filter((each) => each === "proved").length).toBeGreaterThan(57);
		expect(outcomes).not.toContain("refuted");
	});

	it("has no interval before the third set, nor where head is base", () => {
		const simulation = new Simulation(5);
		expect(takenBackOf(setsOf(simulation, [1e5, 1.1e5, 1e5], 2, 0.01), rules)[0]).toMatchObject({
			low: null,
			high: null,
		});
		const [equal] = takenBackOf(setsOf(simulation, [1e5, 1e5, 1e5], 6, 0.01), rules);
		expect(equal?.low).toBeNull();
		expect(takenBackOf([], rules)).toEqual([]);
	});
});

it("all trials of a run together spend its error, however many there are", () => {
	const spent = Array.from({ length: 1_000 }, (_, index) => alphaOfTrial(0.01, index)).reduce(
		(sum, each) => sum + each,
		0,
	);
	expect(spent).toBeLessThan(0.01);
	expect(alphaOfTrial(0.01, 0)).toBe(0.005);
});
