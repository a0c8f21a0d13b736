import { describe, expect, it } from "vitest";
import { type Finding, findingSchema } from "#src/model/finding.js";
import type { Window } from "#src/model/measurement.js";
import { sampleMeasurement } from "../../../test/fixtures/report/sample-measurement.js";
import { sweepFindings } from "./sweep.js";

const window = (path: string, clients: number, requestsPerSecond: number, cpuNs: number, share: number): Window => {
	const measured = sampleMeasurement({
		id: `clean GET ${path} ${clients} clients`,
		path,
		collector: null,
		clients,
		requestsPerSecond,
		cpuNsPerRequest: cpuNs,
		seconds: 5,
		seed: clients,
	});
	return {
		...measured,
		cpu: measured.cpu === null ? null : { ...measured.cpu, totalNs: share * measured.measuredNs },
		generator: { ...measured.generator, cpuUtilization: 0.3 },
	};
};
const say = (...windows: Window[]): Finding[] => sweepFindings(windows).map((each) => findingSchema.parse(each));
const codes = (...windows: Window[]) => say(...windows).map(({ code }) => code);

describe("a sweep", () => {
	it("of one number of clients says nothing", () => {
		expect(codes(window("/a", 32, 1_000, 900_000, 0.9))).toEqual([]);
	});

	it("with the same throughput from 8 times the clients, on a full core, is capped by CPU and graceful", () => {
		const found = say(window("/a", 32, 1_000, 900_000, 0.98), window("/a", 256, 1_010, 900_000, 0.99));
		expect(found.map(({ code }) => code)).toEqual(["CAPPED_BY_CPU", "GRACEFUL", "TAIL_CONTROLLED"]);
		expect(found[0]?.figures).toMatchObject({
			endpoints: [
				{
					endpoint: "GET /a",
					fewClients: 32,
					manyClients: 256,
					throughput: { times: expect.closeTo(1.01, 1) },
					targetUtilization: expect.closeTo(0.99, 2),
				},
			],
		});
	});

	it("tells waiting from CPU: the same throughput from an idle core", () => {
		expect(codes(window("/a", 32, 1_000, 90_000, 0.1), window("/a", 256, 1_010, 90_000, 0.1))[0]).toBe(
			"CAPPED_BY_WAITING",
		);
	});

	it("whose throughput grows with the clients is limited by their number", () => {
		expect(codes(window("/a", 8, 400, 90_000, 0.1), window("/a", 64, 3_100, 90_000, 0.4))[0]).toBe(
			"CAPPED_BY_CONCURRENCY",
		);
	});

	it("whose core is full with few clients already is capped by CPU, whatever the throughput does", () => {
		const [found] = say(window("/a", 4, 3_800, 263_000, 0.99), window("/a", 32, 6_000, 167_000, 1.02));
		expect(found?.code).toBe("CAPPED_BY_CPU_ALREADY");
		expect(found?.figures).toMatchObject({
			endpoints: [
				{
					throughput: { times: expect.closeTo(1.58, 1) },
					fewCpuNsPerRequest: 263_000,
					manyCpuNsPerRequest: 167_000,
				},
			],
		});
		// A second core that it only finds under more clients.
		expect(codes(window("/a", 4, 3_800, 263_000, 0.99), window("/a", 32, 6_900, 263_000, 1.8))[0]).toBe(
			"CAPPED_BY_CONCURRENCY",
		);
	});

	it("that fails requests or loses its throughput is not graceful", () => {
		const few = window("/a", 32, 1_000, 900_000, 0.98);
		const failing = window("/a", 256, 1_000, 900_000, 0.98);
		const counts = { ...failing.counts, attempted: failing.counts.ok + 500 };
		const faults = (many: Window): unknown =>
			say(few, many).flatMap((each) => (each.code === "NOT_GRACEFUL" ? each.figures.faults : []));
		expect(faults({ ...failing, counts })).toEqual([
			{ kind: "failures", share: expect.closeTo(500 / counts.attempted, 3) },
		]);
		expect(faults(window("/a", 256, 500, 900_000, 0.98))).toEqual([
			{ kind: "collapse", share: expect.closeTo(0.5, 1) },
		]);
		const starving = { ...window("/a", 256, 1_000, 900_000, 0.98), unanswered: { count: 3, oldestNs: 7e9 } };
		expect(faults(starving)).toEqual([{ kind: "starvation", longestNs: 7e9 }]);
	});

	it("says how much dearer each endpoint is than the cheapest", () => {
		const found = say(
			window("/a", 32, 1_000, 40_000, 0.98),
			window("/a", 256, 1_000, 40_000, 0.98),
			window("/b", 32, 500, 80_000, 0.98),
			window("/b", 256, 500, 80_000, 0.98),
		);
		expect(found.find(({ code }) => code === "RELATIVE_COST")?.figures).toMatchObject({
			cheapest: { endpoint: "GET /a", cpuNsPerRequest: 40_000 },
			dearer: [
				{
					endpoint: "GET /b",
					cpuNsPerRequest: 80_000,
					times: 2,
					interval: { low: expect.closeTo(1.95, 1), high: expect.closeTo(2.05, 1) },
				},
			],
		});
	});
});
