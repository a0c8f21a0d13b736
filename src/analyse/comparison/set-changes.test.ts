import { describe, expect, it } from "vitest";
import { bucketOf } from "#src/analyse/latency/buckets.js";
import { EMPTY_HISTOGRAM, histogramFromPairs } from "#src/analyse/latency/histogram.js";
import type { ProcessSet, Slice } from "./process-set.js";
import { contrastsOfSet, roundContrasts, sidesOfSet } from "./set-changes.js";

const slice = (requests: number, cpuPerRequest: number | null, latencyNs = 1_000, errors = 0): Slice => ({
	requests,
	errors,
	durationNs: 15e6,
	cpuNs: cpuPerRequest === null ? null : requests * cpuPerRequest,
	runQueueWaitNs: null,
	latency: requests === 0 ? EMPTY_HISTOGRAM : histogramFromPairs(Uint32Array.of(bucketOf(latencyNs), requests)),
});

const setOf = (
	pairs: readonly (readonly [Slice, Slice])[],
	allocation: ProcessSet["allocation"] = [null, null],
): ProcessSet => ({
	index: 0,
	endedAtMs: 1_000,
	startOrder: [0, 1],
	warmupRequests: [0, 0],
	rounds: pairs.map((slices) => ({ slices, order: [0, 1] })),
	allocation,
});

const nineRounds = Array.from({ length: 9 }, () => [slice(100, 1_000), slice(100, 1_100)] as const);
const collected = (gcNs: number, collections: number) => ({ allocatedBytes: 1e6, gcNs, collections, requests: 1_000 });
/** Nine rounds of +10 % and one in which a collection fell on head: 200,000 ns, 200 a request. */
const withCollection = setOf(
	[...nineRounds, [slice(100, 1_000), slice(100, 3_100)]],
	[collected(0, 0), collected(200_000, 1)],
);
/** The same, but what fell on head was something else, and not known to V8. */
const disturbed = setOf([...nineRounds, [slice(100, 1_000), slice(100, 3_100)]], [collected(0, 0), collected(0, 0)]);

describe("CPU per request within a set", () => {
	it("is compared round by round, without the wild ones", () => {
		expect(contrastsOfSet(withCollection, 0, 1, "trimmed").cpu).toBeCloseTo(Math.log(1.1), 10);
	});

	it("has the time of collections put back, so that one that only collects more is seen", () => {
		expect(contrastsOfSet(withCollection, 0, 1).cpu).toBeCloseTo(Math.log(1.3), 10);
		expect(contrastsOfSet(disturbed, 0, 1).cpu).toBeCloseTo(Math.log(1.1), 1);
	});

	it("is that of totals where collections hit many rounds, or where their time is not known", () => {
		const often = setOf(
			Array.from({ length: 10 }, () => [slice(100, 1_000), slice(100, 1_300)] as const),
			[collected(0, 0), collected(200_000, 10)],
		);
		expect(contrastsOfSet(often, 0, 1).cpu).toBeCloseTo(Math.log(1.3), 10);
		expect(contrastsOfSet({ ...withCollection, allocation: [null, null] }, 0, 1).cpu).toBeCloseTo(Math.log(1.3), 10);
	});

	it("or as totals, which see everything that was spent", () => {
		expect(contrastsOfSet(withCollection, 0, 1, "totals").cpu).toBeCloseTo(Math.log(1.3), 10);
		expect(sidesOfSet(withCollection, [1])[0]?.cpuNsPerRequest).toBeCloseTo(1_300, 10);
	});

	it("is antisymmetric: the other way round only the sign changes", () => {
		for (const estimator of ["apart", "trimmed", "totals"] as const) {
			const there = contrastsOfSet(withCollection, 0, 1, estimator).cpu as number;
			expect(contrastsOfSet(withCollection, 1, 0, estimator).cpu).toBeCloseTo(-there, 10);
		}
	});

	it("leaves out rounds in which a side answered nothing or has no CPU time", () => {
		const set = setOf([
			[slice(100, 1_000), slice(100, 1_200)],
			[slice(0, 0), slice(100, 9_000)],
			[slice(100, 1_000), slice(100, null)],
		]);
		expect(roundContrasts(set, 0, 1)).toEqual([expect.closeTo(Math.log(1.2), 10)]);
		expect(contrastsOfSet(setOf([[slice(10, null), slice(10, null)]]), 0, 1).cpu).toBeNull();
	});
});

describe("the other metrics", () => {
	/** As long as base has answers, 2 % of them take ten times as long. */
	const spread = (requests: number, factor: number): Slice => {
		const tail = Math.round(requests * 0.02);
		const pairs = Uint32Array.of(bucketOf(1_000 * factor), requests - tail, bucketOf(10_000 * factor), tail);
		return { ...slice(requests, 1_000), latency: histogramFromPairs(pairs) };
	};

	it("are log ratios of all answers of the set, latencies apart for each load, and errors a difference of shares", () => {
		const allocation = [
			{ allocatedBytes: 4_000, gcNs: 10, collections: 1, requests: 4 },
			{ allocatedBytes: 8_800, gcNs: 10, collections: 1, requests: 8 },
		];
		const set = setOf([[slice(400, 1_000, 1_000), slice(380, 1_000, 2_000, 20)]], allocation);
		const [round] = set.rounds;
		const light = [slice(400, 1_000, 500), slice(390, 1_000, 1_500, 10)];
		const contrasts = contrastsOfSet({ ...set, rounds: [{ slices: [], order: [], ...round, light }] }, 0, 1);
		expect(contrasts["loaded-p50"]).toBeCloseTo(Math.log(2), 2);
		expect(contrasts["loaded-p99"]).toBeCloseTo(Math.log(2), 2);
		expect(contrasts.p50).toBeCloseTo(Math.log(3), 2);
		expect(contrasts.p99).toBeCloseTo(Math.log(3), 2);
		expect(contrasts.alloc).toBeCloseTo(Math.log(1.1), 10);
		expect(contrasts.errors).toBeCloseTo(30 / 800, 10);
	});

	it("are not there below as many answers as a quantile needs, on either side", () => {
		const few = setOf([[slice(367, 1_000), slice(1_000, 1_000)]]);
		expect(contrastsOfSet(few, 0, 1)).toMatchObject({ "loaded-p50": 0, "loaded-p99": null, p50: null, alloc: null });
		expect(sidesOfSet(few, [0, 1]).map(({ loaded }) => loaded.p99Ns)).toEqual([null, null]);
		expect(sidesOfSet(few, [1])[0]?.loaded.p99Ns).toBeCloseTo(1_000, 0);
	});

	it("count slow answers on both sides from one latency on, whatever happened to most of them", () => {
		const stalls = setOf([
			[slice(1_000, 1_000), slice(840, 1_000, 1_300)],
			[slice(0, null), slice(160, 1_000, 20_000)],
		]);
		const [base, head] = sidesOfSet(stalls, [0, 1]);
		expect(base?.loaded.slowShare).toBe(0);
		expect(head?.loaded.slowShare).toBeCloseTo(0.16, 10);
		expect(contrastsOfSet(stalls, 0, 1)["loaded-slow"]).toBeCloseTo(0.16, 10);
		const slower = setOf([[slice(1_000, 1_000, 1_000), slice(1_000, 1_000, 2_000)]]);
		expect(contrastsOfSet(slower, 0, 1)["loaded-slow"]).toBe(0);
		const few = setOf([[slice(90, 1_000), slice(1_000, 1_000)]]);
		expect(contrastsOfSet(few, 0, 1)["loaded-slow"]).toBeNull();
	});

	it("hold tails against each other at as many answers: a side that answers ten times as often has no larger one", () => {
		const same = setOf([[spread(400, 1), spread(4_000, 1)]]);
		const [base, head] = sidesOfSet(same, [0, 1]);
		expect(head?.loaded.p99Ns).toBeCloseTo(base?.loaded.p99Ns as number, 6);
		const twice = setOf([[spread(4_000, 1), spread(400, 2)]]);
		expect(contrastsOfSet(twice, 0, 1)["loaded-p99"]).toBeCloseTo(Math.log(2), 2);
	});
});
