import { describe, expect, it } from "vitest";
import { EMPTY_HISTOGRAM } from "#src/analyse/latency/histogram.js";
import { judgeDesign, ofEveryMetric } from "../../../test/fixtures/judge-design.js";
import { Simulation } from "../../../test/fixtures/simulated-contrasts.js";
import { judge } from "./judge.js";
import type { JudgeDesign } from "./judge-contrasts.js";
import { comparedSet, type PairedSet, pairedSet } from "./paired-set.js";
import type { Slice } from "./process-set.js";

const design: JudgeDesign = {
	...judgeDesign,
	margins: { ...ofEveryMetric(1), cpu: 1e-9 },
	weights: { cpu: 1 },
	primary: ["cpu"],
	mostSets: 14,
	seed: 3,
};
const ROUNDS = 30;
const REQUESTS = 150;

interface Timer {
	/** It runs within every so manieth slice of head … */
	readonly every: number;
	/** … and takes so many nanoseconds of it. */
	readonly ns: number;
}

/** Sets of two equal sides under noise as it is on a shared machine, but for a timer in head. */
function setsWith(count: number, seed: number, timer: Timer | null): PairedSet[] {
	const simulation = new Simulation(seed);
	const sliceOf = (cpuNs: number): Slice => ({
		requests: REQUESTS,
		errors: 0,
		durationNs: 15e6,
		cpuNs,
		runQueueWaitNs: 0,
		latency: EMPTY_HISTOGRAM,
	});
	return Array.from({ length: count }, (_, index) => {
		const ofProcess = [0, 1].map(() => 0.01 * simulation.normal());
		const phase = Math.floor(simulation.uniform() * (timer?.every ?? 1));
		const set = {
			index,
			endedAtMs: (index + 1) * 3_000,
			startOrder: [0, 1],
			warmupRequests: [6_000, 6_000],
			rounds: Array.from({ length: ROUNDS }, (_unused, round) => {
				const slices = [0, 1].map((variant) => {
					const usual = REQUESTS * 100_000 * Math.exp((ofProcess[variant] as number) + 0.09 * simulation.heavy());
					const strikes = timer !== null && variant === 1 && (round + phase) % timer.every === 0;
					return sliceOf(usual + (strikes ? timer.ns : 0));
				});
				return { slices, order: [0, 1] };
			}),
			allocation: [0, 1].map(() => ({ allocatedBytes: 1e6, gcNs: 1e6, collections: 1, requests: REQUESTS * ROUNDS })),
		};
		return pairedSet(set, { base: 0, head: 1 });
	});
}

const cpuOf = (sets: readonly PairedSet[]) => {
	const { effects, typicalCpuChange } = judge(sets, design);
	const effect = effects.find(({ metric }) => metric === "cpu");
	if (effect?.low == null || effect.high === null) throw new Error("no interval");
	return { ...effect, low: effect.low, high: effect.high, typicalCpuChange };
};

describe("the work of a timer in head", () => {
	// A tenth of all CPU, in every tenth slice.
	const timer: Timer = { every: 10, ns: REQUESTS * 100_000 };

	it("is part of the figure, though most slices do not have it", () => {
		const covered = Array.from({ length: 100 }, (_, seed) => cpuOf(setsWith(10, seed, timer))).filter(
			({ low, high }) => low <= 0.1 && 0.1 <= high,
		);
		expect(covered.length).toBeGreaterThanOrEqual(97);
		const { change, verdict, typicalCpuChange } = cpuOf(setsWith(10, 1, timer));
		expect(verdict).toBe("regressed");
		expect(change).toBeGreaterThan(0.07);
		expect(Math.abs(typicalCpuChange as number)).toBeLessThan(0.02);
	});

	it("is in every figure that the record keeps, not in the effect alone", () => {
		const sets = setsWith(10, 1, timer);
		const { cpu, running } = judge(sets, design);
		expect(cpu).toBe("all");
		const kept = sets.map((set) => comparedSet(set, cpu).changes.cpu as number);
		expect(kept.reduce((sum, each) => sum + each, 0) / kept.length).toBeGreaterThan(0.07);
		const last = running.find(({ metric }) => metric === "cpu");
		expect(last?.change).toBe(cpuOf(sets).change);
	});
});

describe("two equal sides", () => {
	const n = 600;
	const runs = Array.from({ length: n }, (_, seed) => setsWith(design.mostSets, 1_000 + seed, null));

	it("are judged by typical slices, but for the share of the test that looks for others", () => {
		const byAll = runs.filter((sets) => cpuOf(sets).typicalCpuChange !== null).length;
		expect(byAll / n).toBeLessThan(0.03);
	});

	it("are told apart in at most one of a hundred comparisons, whatever they were judged by at each look", () => {
		const wrong = runs.filter((sets) =>
			sets.some((_, index) =>
				judge(sets.slice(0, index + 1), design).running.some(
					({ metric, low, high }) => metric === "cpu" && (low > 0 || high < 0),
				),
			),
		).length;
		expect(wrong / n).toBeLessThanOrEqual(0.01 + 3.1 * Math.sqrt((0.01 * 0.99) / n));
	});
});
