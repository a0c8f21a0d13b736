import { describe, expect, it } from "vitest";
import type { Round, Slice } from "#src/analyse/comparison/process-set.js";
import { EMPTY_HISTOGRAM } from "#src/analyse/latency/histogram.js";
import { Simulation } from "../../test/fixtures/simulated-contrasts.js";
import { fellWhileMeasured, processFell } from "./still-falling.js";

const slice = (costNs: number, requests = 100): Slice => ({
	requests,
	errors: 0,
	durationNs: 15e6,
	cpuNs: costNs * requests,
	runQueueWaitNs: 0,
	latency: EMPTY_HISTOGRAM,
});

/** Of two variants: their costs change by so much in logs over all rounds, and each slice has noise. */
function rounds(count: number, changes: readonly [number, number], sd: number, seed: number): Round[] {
	const simulation = new Simulation(seed);
	return Array.from({ length: count }, (_, index) => ({
		slices: changes.map((change) =>
			slice(200_000 * Math.exp((change * index) / (count - 1) + sd * simulation.normal())),
		),
		order: [0, 1],
	}));
}

const share = (count: number, changes: readonly [number, number], sd: number, variant = 0): number =>
	Array.from({ length: 400 }, (_, seed) => fellWhileMeasured(rounds(count, changes, sd, seed + 1), variant)).filter(
		Boolean,
	).length / 400;

describe("whether a variant still got cheaper while it was measured", () => {
	it("is not said of one that was warm, whatever the noise", () => {
		for (const sd of [0.02, 0.1, 0.3]) expect(share(20, [0, 0], sd)).toBeLessThan(0.02);
	});

	it("is seen where it fell by a third and the other did not, and is said of that one alone", () => {
		expect(share(20, [-0.4, 0], 0.05)).toBeGreaterThan(0.95);
		expect(share(20, [-0.4, 0], 0.05, 1)).toBeLessThan(0.02);
	});

	it("does not matter where both fell by a quarter or a half, as a machine does to both, and their ratio did not", () => {
		for (const fell of [-0.25, -0.8]) expect(share(20, [fell, fell], 0.02)).toBeLessThan(0.02);
	});

	it("matters where both fell far", () => expect(share(20, [-1.2, -1.2], 0.05)).toBeGreaterThan(0.98));

	it("is not said of a side beside one that gets dearer", () =>
		expect(share(20, [-0.05, 0.4], 0.05)).toBeLessThan(0.02));

	it("does not matter where it fell by little", () => expect(share(40, [-0.04, 0], 0.01)).toBe(0));

	it("of one process that both are is whether both fell far", () => {
		const fell = (changes: readonly [number, number]): boolean | null => processFell(rounds(20, changes, 0.05, 1));
		expect([fell([0, 0]), fell([-0.4, 0]), fell([-0.25, -0.25]), fell([-1.2, -1.2])]).toEqual([
			false,
			false,
			false,
			true,
		]);
		expect(processFell(rounds(7, [-1.2, -1.2], 0, 1))).toBeNull();
	});

	it("cannot be told from few rounds, or without CPU", () => {
		expect(fellWhileMeasured(rounds(7, [-0.8, 0], 0, 1), 0)).toBeNull();
		const unknown = rounds(20, [-0.8, 0], 0, 1).map(({ slices, order }) => ({
			slices: slices.map((one) => ({ ...one, cpuNs: null })),
			order,
		}));
		expect(fellWhileMeasured(unknown, 0)).toBeNull();
	});
});
