import { describe, expect, it } from "vitest";
import { bucketOf } from "#src/analyse/latency/buckets.js";
import { EMPTY_HISTOGRAM, histogramFromPairs, type LatencyHistogram } from "#src/analyse/latency/histogram.js";
import { comparedSetSchema, effectSchema, type MetricName, runningEffectSchema } from "#src/model/comparison.js";
import { judgeDesign as design, ofEveryMetric } from "../../../test/fixtures/judge-design.js";
import { Simulation } from "../../../test/fixtures/simulated-contrasts.js";
import { judge } from "./judge.js";
import { type JudgeDesign, judgeContrasts } from "./judge-contrasts.js";
import { overall } from "./overall.js";
import { comparedSet, pairedSet } from "./paired-set.js";
import type { ProcessSet, Slice } from "./process-set.js";
import { contrastsOfSet } from "./set-changes.js";

const PAIR = { base: 0, head: 1 };

/** What a side of a simulated set costs and how long it takes. */
interface Truth {
	readonly cpuNs: number;
	readonly bytes?: number;
	readonly latencyNs?: number;
	readonly tailNs?: number;
	readonly errors?: number;
}

const REQUESTS = 500;
const ROUNDS = 10;

function histogram(latencyNs: number, tailNs: number): LatencyHistogram {
	const tail = Math.round(REQUESTS * 0.02);
	return tailNs <= latencyNs
		? histogramFromPairs(Uint32Array.of(bucketOf(latencyNs), REQUESTS))
		: histogramFromPairs(Uint32Array.of(bucketOf(latencyNs), REQUESTS - tail, bucketOf(tailNs), tail));
}

function slice({ cpuNs, latencyNs = 1e6, tailNs = 0, errors = 0 }: Truth, factor: number): Slice {
	return {
		requests: REQUESTS - errors,
		errors,
		durationNs: 15e6,
		cpuNs: (REQUESTS - errors) * cpuNs * factor,
		runQueueWaitNs: 0,
		latency: histogram(Math.round(latencyNs * factor), Math.round(tailNs * factor)),
	};
}

function sets(count: number, base: Truth, head: Truth, sd = 0.005): ProcessSet[] {
	const simulation = new Simulation(21);
	return Array.from({ length: count }, (_, index) => {
		const factor = Math.exp(sd * simulation.normal());
		return {
			index,
			endedAtMs: (index + 1) * 2_000,
			startOrder: [0, 1],
			warmupRequests: [100, 100],
			rounds: Array.from({ length: ROUNDS }, () => {
				const slices = [slice(base, 1), slice(head, factor)];
				return { slices, order: [0, 1], light: slices };
			}),
			allocation: [base, head].map(({ bytes = 1_000 }) => ({
				allocatedBytes: bytes * REQUESTS * ROUNDS * (1 + 1e-4 * simulation.normal()),
				gcNs: 1e6,
				collections: 20,
				requests: REQUESTS * ROUNDS,
			})),
		};
	});
}

const paired = (measured: readonly ProcessSet[]) => measured.map((set) => pairedSet(set, PAIR));
const judgeSets = (measured: readonly ProcessSet[], how: JudgeDesign = design) => judge(paired(measured), how);
/** The intervals of all looks, as a story collects them. */
const runningOf = (measured: readonly ProcessSet[]) =>
	measured.flatMap((_, index) => judgeSets(measured.slice(0, index + 1)).running);
const withoutCpu = (each: Slice): Slice => ({ ...each, cpuNs: null });
const base: Truth = { cpuNs: 50_000 };
const judgeOf = (head: Partial<Truth>, count = 10, baseChanges: Partial<Truth> = {}, sd?: number) => {
	const found = judgeSets(sets(count, { ...base, ...baseChanges }, { ...base, ...head }, sd));
	for (const effect of found.effects) effectSchema.parse(effect);
	return { ...found, of: (metric: MetricName) => found.effects.find((each) => each.metric === metric) };
};

describe("two sides", () => {
	it("that are the same have no change, in any metric", () => {
		const { verdict, ending, effects } = judgeOf({});
		expect(verdict).toBe("no change");
		expect(ending).toBe("settled");
		expect(effects.every((effect) => effect.verdict !== "regressed" && effect.verdict !== "improved")).toBe(true);
	});

	it("that differ in CPU differ by what is true, within the interval", () => {
		const { verdict, of } = judgeOf({ cpuNs: 55_000 });
		expect(verdict).toBe("regressed");
		const cpu = of("cpu");
		expect(cpu).toMatchObject({ verdict: "regressed", unit: "ns", sets: 10 });
		expect(cpu?.base).toBeCloseTo(50_000, 6);
		expect(cpu?.low).toBeLessThan(0.1);
		expect(cpu?.high).toBeGreaterThan(0.1);
		expect(cpu?.change).toBeGreaterThan(0.08);
	});

	it.each<[MetricName, Partial<Truth>]>([
		["alloc", { bytes: 1_030 }],
		["p50", { latencyNs: 2e6 }],
		["p99", { tailNs: 20e6 }],
		["errors", { errors: 5 }],
	])("that differ in %s alone are told apart by it alone", (metric, head) => {
		const { verdict, effects } = judgeOf(head);
		expect(verdict).toBe("regressed");
		const named = effects.filter((effect) => effect.verdict === "regressed").map((effect) => effect.metric);
		expect(named).toContain(metric);
		expect(named).not.toContain("cpu");
	});

	it("the other way round are an improvement", () => {
		expect(judgeOf({}, 10, { cpuNs: 55_000 }).verdict).toBe("improved");
	});

	it("that differ by less than the margin are not a regression, however sure it is", () => {
		const { of } = judgeOf({ cpuNs: 50_500 }, 20, {}, 0.001);
		expect(of("cpu")?.low).toBeGreaterThan(0);
		expect(of("cpu")?.verdict).toBe("no change");
	});

	it("cannot be told apart before the first look where they differ by little, and the interval says so", () => {
		const { verdict, ending, of } = judgeOf({ cpuNs: 55_000 }, 5);
		expect(verdict).toBe("cannot tell");
		expect(ending).toBeNull();
		const cpu = of("cpu");
		expect(cpu).toMatchObject({ rule: "early", verdict: "cannot tell", equivalence: null });
		expect(cpu?.low).toBeLessThan(0);
		expect(cpu?.high).toBeGreaterThan(0.1);
		expect(cpu?.smallestDetectable).toBeGreaterThan(0.3);
	});

	it.each([2, 3])("that differ by a factor of three are told apart after %i sets, and that ends it", (count) => {
		const { verdict, ending, of } = judgeOf({ cpuNs: 150_000, latencyNs: 1.5e6 }, count);
		expect({ verdict, ending }).toEqual({ verdict: "regressed", ending: "large" });
		const cpu = of("cpu");
		expect(cpu).toMatchObject({ rule: "early", verdict: "regressed", sets: count, permutationP: null });
		expect(cpu?.low).toBeGreaterThan(0.2);
		expect(cpu?.low).toBeLessThan(2);
		expect(cpu?.high).toBeGreaterThan(2);
	});

	it("that differ by a factor of three in CPU and not in a lone request are told apart, and the tail is waited for", () => {
		expect(judgeOf({ cpuNs: 150_000 }, 2)).toMatchObject({ verdict: "regressed", ending: null });
		expect(judgeOf({ cpuNs: 150_000 }, 6)).toMatchObject({ verdict: "regressed", ending: "settled" });
	});

	it("that differ in latency by far are told apart early, and the others are waited for", () => {
		const head = { latencyNs: 9e6 };
		expect(judgeOf(head, 2)).toMatchObject({ verdict: "regressed", ending: null });
		const { verdict, ending, of } = judgeOf(head, 6);
		expect({ verdict, ending }).toEqual({ verdict: "regressed", ending: "settled" });
		expect(of("cpu")?.verdict).toBe("no change");
		expect(judgeSets(sets(2, base, { ...base, ...head }), { ...design, failFast: true }).ending).toBe("fail fast");
	});

	it("of which one fails every answer are told apart after one set", () => {
		const { verdict, ending, of } = judgeOf({ errors: REQUESTS }, 1);
		expect({ verdict, ending }).toEqual({ verdict: "regressed", ending: "large" });
		expect(of("errors")).toMatchObject({ rule: "early", verdict: "regressed", change: 1, base: 0, head: 1, high: 1 });
		expect(of("errors")?.low).toBeGreaterThan(0);
		expect(judgeOf({ errors: REQUESTS * 0.2 }, 1)).toMatchObject({ verdict: "cannot tell", ending: null });
	});

	it("in too much noise cannot be told apart, and it says what could have been seen and how long it would take", () => {
		const { verdict, of } = judgeOf({ cpuNs: 51_000 }, 10, {}, 0.05);
		expect(verdict).toBe("cannot tell");
		expect(of("cpu")?.smallestDetectable).toBeGreaterThan(0.05);
		expect(of("cpu")?.secondsToDecide).toBeGreaterThan(20);
	});
});

describe("what is not there", () => {
	it("does not stand in the way: no CPU figures, no allocation, too few answers for the tail", () => {
		const bare = sets(8, base, { ...base, latencyNs: 2e6 }).map((set) => ({
			...set,
			allocation: [null, null],
			rounds: set.rounds.map((round) => ({
				...round,
				slices: round.slices.map(withoutCpu),
			})),
		}));
		const { verdict, effects } = judgeSets(bare);
		expect(verdict).toBe("regressed");
		expect(effects.find(({ metric }) => metric === "cpu")).toMatchObject({ base: null, change: null, judged: false });
		expect(effects.find(({ metric }) => metric === "alloc")).toMatchObject({ base: null, verdict: "cannot tell" });
	});

	it("leaves nothing to judge where there are no sets, or sets without rounds", () => {
		const empty: ProcessSet = {
			index: 0,
			endedAtMs: 1,
			startOrder: [0, 1],
			warmupRequests: [0, 0],
			rounds: [],
			allocation: [null, null],
		};
		for (const none of [[], [empty, empty, empty, empty, empty, empty, empty]]) {
			const { verdict, effects } = judgeSets(none);
			expect(verdict).toBe("cannot tell");
			expect(JSON.stringify(effects)).not.toContain("NaN");
		}
	});

	it("is not made up for a side that answered nothing", () => {
		const [set] = sets(1, base, base);
		const silent: Slice = {
			requests: 0,
			errors: 10,
			durationNs: 1,
			cpuNs: 1,
			runQueueWaitNs: 0,
			latency: EMPTY_HISTOGRAM,
		};
		const contrasts = contrastsOfSet(
			{ ...(set as ProcessSet), rounds: [{ slices: [slice(base, 1), silent], order: [0, 1] }] },
			0,
			1,
		);
		expect(contrasts).toMatchObject({ cpu: null, p50: null, errors: 1 });
	});
});

it("the record keeps every set, and the interval after each of them from the second on", () => {
	const measured = sets(9, base, { ...base, cpuNs: 55_000 });
	const compared = paired(measured).map((set) => comparedSetSchema.parse(comparedSet(set, "typical")));
	expect(compared).toHaveLength(9);
	expect(compared[0]?.roundChanges).toHaveLength(ROUNDS);
	const running = runningOf(measured).map((each) => runningEffectSchema.parse(each));
	const cpu = running.filter(({ metric }) => metric === "cpu");
	expect(cpu.map((each) => each.sets)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
	const last = judgeSets(measured).effects.find(({ metric }) => metric === "cpu");
	expect(cpu.at(-1)).toMatchObject({ change: last?.change, low: last?.low, high: last?.high });
});

describe("the interval after each set", () => {
	it("knows nothing of later sets, even where a metric could not be measured in some", () => {
		const measured = sets(12, base, { ...base, cpuNs: 55_000 }).map((set) =>
			set.index < 3
				? { ...set, rounds: set.rounds.map((round) => ({ ...round, slices: round.slices.map(withoutCpu) })) }
				: set,
		);
		const running = runningOf(measured).filter(({ metric }) => metric === "cpu");
		expect(running.map((each) => each.sets)).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
		const then = judgeSets(measured.slice(0, 9)).effects.find(({ metric }) => metric === "cpu");
		const [at] = running.filter((each) => each.sets === 9);
		expect(then).toMatchObject({ sets: 6, rule: "sets", change: at?.change, low: at?.low, high: at?.high });
	});

	it("is that of the rule of three where no request failed, as in the effect", () => {
		const measured = sets(8, base, base);
		const errors = judgeSets(measured).effects.find(({ metric }) => metric === "errors");
		expect(errors).toMatchObject({ change: 0, verdict: "no change", setSd: 0 });
		expect(errors?.high).toBeCloseTo(-Math.log((errors?.alpha ?? 0) / 2) / (2 * 8 * ROUNDS * REQUESTS), 10);
		const running = runningOf(measured).filter(({ metric }) => metric === "errors");
		expect(running.at(-1)).toMatchObject({ change: 0, low: errors?.low, high: errors?.high });
	});
});

describe("the end", () => {
	it("comes with the last planned look, decided or not", () => {
		const noisy = (count: number) => judgeSets(sets(count, base, { ...base, cpuNs: 51_000 }, 0.05));
		expect(noisy(19)).toMatchObject({ verdict: "cannot tell", ending: null });
		expect(noisy(20)).toMatchObject({ verdict: "cannot tell", ending: "last look" });
	});

	it("does not wait for metrics that are not primary, nor comes for those alone", () => {
		const onlyCpu: JudgeDesign = { ...design, primary: ["cpu"] };
		const noisyTail = sets(10, base, base, 0.002);
		expect(judgeSets(noisyTail, onlyCpu).ending).toBe("settled");
		const onlyTail: JudgeDesign = { ...design, weights: { p99: 1 }, primary: ["p99"] };
		expect(judgeSets(sets(10, base, { ...base, cpuNs: 60_000 }), onlyTail)).toMatchObject({ verdict: "no change" });
	});

	it("waits for a tail that looks as if it differed, and for no other", () => {
		const still = [0.001, -0.002, 0, 0.001, -0.001, 0.002, 0, -0.001];
		const empty = { ...ofEveryMetric<readonly number[]>([]), cpu: still };
		const gate: JudgeDesign = { ...design, weights: { cpu: 0.8, "p99.9": 0.2 }, primary: ["cpu"] };
		const withTail = (tail: readonly number[]) => overall(judgeContrasts({ ...empty, "p99.9": [...tail] }, gate), gate);
		// Twice the margin and more, and yet so wild that it may be nothing.
		const wild = [0.1, 1.9, -0.2, 1.4, 0.6, 1.8, 0.2, 1.5];
		expect(withTail(wild)).toEqual({ verdict: "cannot tell", ending: null });
		expect(withTail(wild.map((each) => each - 0.85))).toEqual({ verdict: "no change", ending: "settled" });
	});

	it("is never reached by figures that are none: one set, or a first look at one", () => {
		for (const firstLook of [1, 6]) {
			const found = judgeSets(sets(1, base, { ...base, cpuNs: 60_000 }), { ...design, firstLook });
			expect(found).toMatchObject({ verdict: "cannot tell", ending: null });
			for (const effect of found.effects) {
				effectSchema.parse(effect);
				expect(effect).toMatchObject({ low: null, high: null, smallestDetectable: null, secondsToDecide: null });
			}
		}
	});
});

it("a share of alpha passes on from a metric that differs", () => {
	const alphaOf = (found: ReturnType<typeof judgeOf>, metric: MetricName) => found.of(metric)?.alpha;
	const same = judgeOf({});
	expect(alphaOf(same, "cpu")).toBeCloseTo(0.004, 10);
	expect(alphaOf(same, "alloc")).toBeCloseTo(0.0015, 10);
	const differs = judgeOf({ cpuNs: 60_000 });
	expect(alphaOf(differs, "cpu")).toBeCloseTo(0.004, 10);
	expect(alphaOf(differs, "alloc")).toBeCloseTo(0.0015 / 0.6, 10);
});
