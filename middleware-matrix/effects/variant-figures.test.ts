import { describe, expect, it } from "vitest";
import type { ProcessSet, Round } from "#src/analyse/comparison/process-set.js";
import { EMPTY_HISTOGRAM } from "#src/analyse/latency/histogram.js";
import { Simulation } from "../../test/fixtures/simulated-contrasts.js";
import { figuresOfVariants } from "./variant-figures.js";

const REQUESTS = 200;
const ROUNDS = 40;

/** Rounds in which the whole machine is up to twice as slow, and now and then a slice is hit. */
function simulatedSet(costsNs: readonly number[], collections: number, gcNsPerRequest: number): ProcessSet {
	const simulation = new Simulation(5);
	return {
		index: 0,
		endedAtMs: 1,
		startOrder: costsNs.map((_, variant) => variant),
		warmupRequests: costsNs.map(() => 0),
		rounds: Array.from({ length: ROUNDS }, () => {
			const speed = 1 + simulation.uniform();
			return {
				order: costsNs.map((_, variant) => variant),
				slices: costsNs.map((costNs) => {
					const hit = simulation.uniform() < 0.05 ? 3 : 1;
					const cpuNs = REQUESTS * costNs * speed * hit * Math.exp(0.02 * simulation.normal());
					return {
						requests: REQUESTS,
						errors: 1,
						durationNs: 15e6,
						cpuNs,
						runQueueWaitNs: 0,
						latency: EMPTY_HISTOGRAM,
					};
				}),
			};
		}),
		allocation: costsNs.map(() => ({
			allocatedBytes: 1_000 * REQUESTS * ROUNDS,
			gcNs: gcNsPerRequest * REQUESTS * ROUNDS,
			collections,
			requests: REQUESTS * ROUNDS,
		})),
	};
}

/** Every tenth slice of the second variant takes as much as five more. */
const struckEveryTenth = (round: Round, index: number): Round => ({
	...round,
	slices: round.slices.map((slice, variant) =>
		variant === 1 && index % 10 === 0 ? { ...slice, cpuNs: (slice.cpuNs ?? 0) * 6 } : slice,
	),
});

describe("CPU per request of many variants in one set", () => {
	it("stands in the true ratio, whatever the machine did meanwhile", () => {
		const figures = figuresOfVariants(simulatedSet([50_000, 55_000, 80_000], 0, 0));
		const [a, b, c] = figures.map(({ cpuNsPerRequest }) => cpuNsPerRequest as number) as [number, number, number];
		expect(b / a).toBeCloseTo(1.1, 1);
		expect(Math.abs(b / a - 1.1)).toBeLessThan(0.015);
		expect(Math.abs(c / a - 1.6)).toBeLessThan(0.02);
	});

	it("stands beside all CPU by all requests, for what happens in few rounds", () => {
		const set = simulatedSet([50_000, 50_000], 0, 0);
		const timer = { ...set, rounds: set.rounds.map(struckEveryTenth) };
		const [typical, all] = (["cpuNsPerRequest", "allCpuNsPerRequest"] as const).map((figure) => {
			const [a, b] = figuresOfVariants(timer).map((each) => each[figure] as number) as [number, number];
			return b / a;
		}) as [number, number];
		expect(Math.abs(typical - 1)).toBeLessThan(0.02);
		expect(all).toBeGreaterThan(1.2);
	});

	it("has the time of collections in it", () => {
		const [without] = figuresOfVariants(simulatedSet([50_000], 4, 0));
		const [having] = figuresOfVariants(simulatedSet([50_000], 4, 3_000));
		expect((having?.cpuNsPerRequest ?? 0) - (without?.cpuNsPerRequest ?? 0)).toBeCloseTo(3_000, 6);
	});

	it("is all CPU by all requests where collections hit many rounds or are not known", () => {
		const many = simulatedSet([50_000], 30, 3_000);
		const total = many.rounds.reduce((sum, { slices }) => sum + (slices[0]?.cpuNs ?? 0), 0) / (REQUESTS * ROUNDS);
		expect(figuresOfVariants(many)[0]?.cpuNsPerRequest).toBeCloseTo(total, 6);
		expect(figuresOfVariants({ ...many, allocation: [null] })[0]?.cpuNsPerRequest).toBeCloseTo(total, 6);
	});

	it("comes with the rest", () => {
		const [figures] = figuresOfVariants(simulatedSet([50_000], 0, 0));
		expect(figures).toMatchObject({ requests: 8_000, errors: 40, bytesPerRequest: 1_000, p50Ns: null });
		expect(figures?.requestsPerSecond).toBeCloseTo(REQUESTS / 0.015, 6);
	});
});

it("says nothing of a variant that was not warm, nor holds it against the others", () => {
	const set = simulatedSet([50_000, 55_000, 80_000], 0, 0);
	const cold = figuresOfVariants({ ...set, cold: [2] });
	expect(cold[2]).toMatchObject({
		requests: REQUESTS * ROUNDS,
		cpuNsPerRequest: null,
		bytesPerRequest: null,
		p50Ns: null,
	});
	const pair = simulatedSet([50_000, 55_000], 0, 0);
	const [a, b] = cold.map(({ cpuNsPerRequest }) => cpuNsPerRequest ?? Number.NaN) as [number, number];
	expect(Math.abs(b / a - 1.1)).toBeLessThan(0.015);
	expect(figuresOfVariants({ ...pair, cold: [0, 1] }).every(({ cpuNsPerRequest }) => cpuNsPerRequest === null)).toBe(
		true,
	);
});
