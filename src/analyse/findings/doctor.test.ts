import { describe, expect, it } from "vitest";
import type { Standstill } from "#src/model/doctor.js";
import type { Window } from "#src/model/measurement.js";
import { sampleMeasurement } from "../../../test/fixtures/report/sample-measurement.js";
import { type DoctorReading, doctorFindings, faultyStandstills, queueNsOf } from "./doctor.js";
import { besideClinic } from "./doctor-agreement.js";
import { type LateTick, standstillOf, standstillsByCause } from "./standstills.js";

const SECOND = 1e9;
const MS = 1e6;

/** 8 clients, 10 s, service time around 8 / rate. */
const load = (requestsPerSecond: number, cpuNsPerRequest: number): Window => ({
	...sampleMeasurement({
		id: "clean GET /",
		path: "/",
		collector: null,
		clients: 8,
		requestsPerSecond,
		cpuNsPerRequest,
		seconds: 2,
		seed: 7,
	}),
});

/** An event loop that is always at work and never stands still. */
const busy: DoctorReading = {
	measurementId: "clean GET /",
	windowNs: 2 * SECOND,
	delay: { meanNs: 1 * MS, p50Ns: 1 * MS, p99Ns: 3 * MS, maxNs: 6 * MS },
	utilization: 0.99,
	cpu: 0.98,
	loop: { cpu: 0.97, runQueueWait: 0.01 },
	poolDelay: { p50Ns: 0.1 * MS, maxNs: 2 * MS },
	gc: { share: 0.03, totalNs: 60 * MS, longestNs: 2 * MS, pauses: 50 },
	runQueueWait: 0.01,
	blocks: [],
	blockCount: 0,
	blocksByCause: [],
	standstills: [],
	series: [],
};
const late: LateTick = { atMs: 500, durationNs: 50 * MS, cpuNs: 55 * MS, waitNs: 1 * MS, gcNs: 0 };
const withLate = (ticks: readonly Partial<LateTick>[], reading = busy, clean = load(2_000, 490_000)): DoctorReading => {
	const standstills = ticks.map((tick): Standstill => standstillOf({ ...late, ...tick }, queueNsOf(clean)));
	return { ...reading, standstills, blockCount: standstills.length, blocksByCause: standstillsByCause(standstills) };
};
/** Of the pool, in a window of 2 s. */
const withPool = (clean: Window, pool: { readonly cpuNs: number; readonly runQueueWaitNs: number }): Window => ({
	...clean,
	cpu: clean.cpu && {
		...clean.cpu,
		parts: [...(clean.cpu.parts ?? []), { kind: "thread pool", threads: 4, nsPerRequest: 1, ...pool }],
	},
});
const codes = (reading: DoctorReading, clean = load(2_000, 490_000)): string[] =>
	doctorFindings(reading, clean).map(({ code }) => code);

describe("where the time goes", () => {
	it("is CPU where the loop is at work all the time", () => expect(codes(busy)).toEqual(["CPU_BOUND"]));

	it("is I/O where the loop is idle and requests take long", () =>
		expect(codes({ ...busy, utilization: 0.1, cpu: 0.1 }, load(400, 250_000))).toEqual(["IO_BOUND"]));

	it("is nothing where the loop is idle and the clients are the bottleneck", () => {
		const clean = load(2_000, 100_000);
		const generator = { ...clean.generator, cpuUtilization: 0.99 };
		expect(codes({ ...busy, utilization: 0.3, cpu: 0.3 }, { ...clean, generator })).toEqual(["HEALTHY"]);
	});

	it("is the thread pool where the process computes and its loop is idle", () => {
		const [finding] = doctorFindings({ ...busy, utilization: 0.05, cpu: 0.95 }, load(50, 19_000_000));
		expect(finding).toMatchObject({ code: "IO_BOUND", figures: { waitsFor: "thread pool" } });
	});

	it("is the collector where its pauses take a fifth of the loop's work", () => {
		const gc = { share: 0.3, totalNs: 600 * MS, longestNs: 20 * MS, pauses: 100 };
		expect(codes({ ...busy, gc })).toEqual(["GC_BOUND", "CPU_BOUND"]);
		const little = { ...busy, utilization: 0.2, cpu: 0.2, gc: { ...gc, share: 0.06 } };
		expect(codes(little, load(400, 250_000))).toEqual(["IO_BOUND", "GC_BOUND"]);
	});

	it("is other processes where the loop is at work without a core", () => {
		const loop = { cpu: 0.6, runQueueWait: 0.38 };
		expect(codes({ ...busy, cpu: 0.61, runQueueWait: 0.4, loop })).toEqual(["STARVED", "CPU_BOUND"]);
		const hard = { cpu: 0.12, runQueueWait: 0.85 };
		expect(codes({ ...busy, cpu: 0.13, runQueueWait: 0.9, loop: hard })).toEqual(["STARVED", "CPU_BOUND"]);
		// V8's own helper threads wait for the same core: nobody took it away.
		expect(codes({ ...busy, runQueueWait: 0.3 })).toEqual(["CPU_BOUND"]);
		// Where the kernel does not tell of the loop's thread alone.
		expect(codes({ ...busy, cpu: 0.6, runQueueWait: 0.38, loop: null })).toEqual(["STARVED", "CPU_BOUND"]);
		expect(codes({ ...busy, runQueueWait: 0.3, loop: null })).toEqual(["CPU_BOUND"]);
	});

	it("is the pool where all of its threads compute, and then the core that they take from the loop", () => {
		const starved = { ...busy, cpu: 1, runQueueWait: 4.2, loop: { cpu: 0.12, runQueueWait: 0.8 } };
		const clean = withPool(load(900, 1_100_000), { cpuNs: 1.7e9, runQueueWaitNs: 6.2e9 });
		const waited = { cpuNs: 4 * MS, waitNs: 46 * MS };
		const found = doctorFindings(withLate([waited, waited, waited], starved, clean), clean);
		expect(found.map(({ code }) => code)).toEqual(["POOL_FULL", "STARVED"]);
		expect(found[0]?.figures).toMatchObject({ by: "computing", threads: 4 });
		expect(found[1]?.figures).toMatchObject({ by: "own threads" });
	});

	it("is the pool where tasks queue for threads that wait themselves", () => {
		const poolDelay = { p50Ns: 40 * MS, maxNs: 90 * MS };
		const [first] = doctorFindings(
			{ ...busy, utilization: 0.1, cpu: 0.1, loop: { cpu: 0.09, runQueueWait: 0 }, poolDelay },
			withPool(load(400, 250_000), { cpuNs: 0.02e9, runQueueWaitNs: 0 }),
		);
		expect(first).toMatchObject({ code: "POOL_FULL", figures: { by: "waiting", queueNs: 40 * MS } });
	});

	it("is not the pool where a task waits for a core that a busy loop has", () => {
		const clean = withPool(load(2_000, 490_000), { cpuNs: 0.01e9, runQueueWaitNs: 0.2e9 });
		expect(codes({ ...busy, poolDelay: { p50Ns: 8 * MS, maxNs: 30 * MS } }, clean)).toEqual(["CPU_BOUND"]);
	});

	it("is not the pool while it has threads to spare", () => {
		const clean = withPool(load(2_000, 490_000), { cpuNs: 2e9, runQueueWaitNs: 1e9 });
		expect(codes(busy, clean)).toEqual(["CPU_BOUND"]);
	});
});

describe("an event loop that stands still", () => {
	it("comes before where the time goes, with the longest and how often", () => {
		const [first, second] = doctorFindings(withLate([{}, { durationNs: 45 * MS }]), load(2_000, 490_000));
		expect(first?.code).toBe("EVENT_LOOP_BLOCKED");
		expect(first?.figures).toMatchObject({ longestNs: 50 * MS, blocks: 2, perSecond: 1 });
		expect(first?.figures).toMatchObject({ causes: [{ cause: "code", count: 2, longestNs: 50 * MS }] });
		expect(second?.code).toBe("CPU_BOUND");
	});

	it("is told from a single accident", () => {
		expect(codes(withLate([{}]))).toEqual(["CPU_BOUND"]);
		expect(codes(withLate([{ durationNs: 150 * MS, cpuNs: 160 * MS }]))[0]).toBe("EVENT_LOOP_BLOCKED");
	});

	it("is one where the collector made it, unless the collector has so much that it is the verdict", () => {
		const collects = { gcNs: 120 * MS, durationNs: 150 * MS, cpuNs: 155 * MS };
		expect(codes(withLate([collects]))[0]).toBe("EVENT_LOOP_BLOCKED");
		const bound = { ...busy, gc: { share: 0.3, totalNs: 600 * MS, longestNs: 120 * MS, pauses: 100 } };
		expect(codes(withLate([collects], bound))).toEqual(["GC_BOUND", "CPU_BOUND"]);
	});

	it("is no fault of a target where others had its core, or where a turn answers many", () => {
		expect(faultyStandstills(withLate([{ cpuNs: 8 * MS, waitNs: 45 * MS }]))).toHaveLength(0);
		expect(faultyStandstills(withLate([{}], busy, load(100, 10 * MS)))).toHaveLength(0);
		expect(faultyStandstills(withLate([{}]))).toHaveLength(1);
	});
});

describe("what a standstill was", () => {
	const causeOf = (tick: Partial<LateTick>) => standstillOf({ ...late, ...tick }, 10 * MS).cause;

	it.each([
		["code", {}],
		["collector", { gcNs: 30 * MS }],
		["no core", { cpuNs: 12 * MS, waitNs: 40 * MS }],
		["code", { durationNs: 150 * MS, cpuNs: 50 * MS, waitNs: 100 * MS }],
		["no core", { cpuNs: 12 * MS, waitNs: 40 * MS, gcNs: 10 * MS }],
		["call", { cpuNs: 3 * MS }],
		["unknown", { cpuNs: 3 * MS, waitNs: null }],
		["queue", { durationNs: 12 * MS, cpuNs: 9 * MS }],
	] as const)("%s: %j", (cause, tick) => expect(causeOf(tick)).toBe(cause));

	it("is counted once, and its parts are no longer than it was", () => {
		const ticks = [{}, { gcNs: 80 * MS }, { waitNs: 70 * MS }, { cpuNs: 0 }, { cpuNs: 90 * MS, waitNs: null }];
		const { standstills, blocksByCause } = withLate(ticks);
		expect(blocksByCause.reduce((sum, { count }) => sum + count, 0)).toBe(ticks.length);
		for (const { durationNs, codeNs, collectorNs, noCoreNs } of standstills) {
			expect(codeNs + collectorNs + (noCoreNs ?? 0)).toBeLessThanOrEqual(durationNs);
		}
	});
});

describe("clinic doctor's verdict beside ours", () => {
	const issues = { delay: "none", cpu: "none", "memory heapUsed": "performance" };

	it("agrees where one of ours says the same", () => {
		expect(besideClinic({ category: "gc", issues }, ["EVENT_LOOP_BLOCKED", "GC_BOUND"]).agrees).toBe(true);
		expect(besideClinic({ category: "none", issues: {} }, ["CPU_BOUND"]).agrees).toBe(true);
	});

	it("does not where none does, and keeps what it saw", () => {
		expect(besideClinic({ category: "io", issues }, ["CPU_BOUND"])).toEqual({
			collector: "clinic-doctor",
			category: "io",
			issues,
			agrees: false,
		});
	});
});
