import { describe, expect, it } from "vitest";
import type { Window } from "#src/model/measurement.js";
import { sampleMeasurement } from "../../../test/fixtures/report/sample-measurement.js";
import { type DoctorReading, doctorFindings, ownBlocks } from "./doctor.js";
import { besideClinic } from "./doctor-agreement.js";

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
	gc: { share: 0.03, totalNs: 60 * MS, longestNs: 2 * MS, pauses: 50 },
	runQueueWait: 0.01,
	blocks: [],
	blockCount: 0,
	series: [],
};
const block = { atMs: 500, durationNs: 50 * MS, cpuNs: 49 * MS, gcNs: 0 };
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
		expect(codes({ ...busy, cpu: 0.6, runQueueWait: 0.38 })).toEqual(["STARVED", "CPU_BOUND"]);
		// V8's own helper threads wait for the same core: nobody took it away.
		expect(codes({ ...busy, runQueueWait: 0.3 })).toEqual(["CPU_BOUND"]);
	});
});

describe("an event loop that stands still", () => {
	it("comes before where the time goes, with the longest and how often", () => {
		const [first, second] = doctorFindings(
			{ ...busy, blocks: [block, { ...block, durationNs: 45 * MS }] },
			load(2_000, 490_000),
		);
		expect(first?.code).toBe("EVENT_LOOP_BLOCKED");
		expect(first?.figures).toMatchObject({ longestNs: 50 * MS, blocks: 2, perSecond: 1, by: "JavaScript" });
		expect(second?.code).toBe("CPU_BOUND");
	});

	it("is told from a single accident", () => {
		expect(codes({ ...busy, blocks: [block] })).toEqual(["CPU_BOUND"]);
		expect(codes({ ...busy, blocks: [{ ...block, durationNs: 150 * MS, cpuNs: 150 * MS }] })[0]).toBe(
			"EVENT_LOOP_BLOCKED",
		);
	});

	it("is told from a long queue, from pauses of the collector, and from a wait for a core", () => {
		const clean = load(2_000, 490_000);
		const queue = load(100, 10 * MS);
		expect(ownBlocks({ ...busy, blocks: [block] }, clean)).toHaveLength(1);
		expect(ownBlocks({ ...busy, blocks: [block] }, queue)).toHaveLength(0);
		expect(ownBlocks({ ...busy, blocks: [{ ...block, gcNs: 40 * MS }] }, clean)).toHaveLength(0);
		const waited = { ...block, cpuNs: 5 * MS };
		expect(ownBlocks({ ...busy, cpu: 0.6, runQueueWait: 0.38, blocks: [waited] }, clean)).toHaveLength(0);
	});

	it("says when a synchronous call waited", () => {
		const waited = { ...block, cpuNs: 2 * MS };
		const [first] = doctorFindings({ ...busy, cpu: 0.9, blocks: [waited, waited] }, load(2_000, 490_000));
		expect(first?.figures).toMatchObject({ by: "synchronous call" });
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
