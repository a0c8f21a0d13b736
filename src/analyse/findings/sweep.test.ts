import { describe, expect, it } from "vitest";
import { findingSchema } from "#src/model/finding.js";
import type { Measurement } from "#src/model/measurement.js";
import { sampleMeasurement } from "../../../test/fixtures/report/sample-measurement.js";
import { sweepFindings } from "./sweep.js";

const window = (
	path: string,
	clients: number,
	requestsPerSecond: number,
	cpuNs: number,
	share: number,
): Measurement => {
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
		cpu: measured.cpu === null ? null : { ...measured.cpu, totalNs: share * measured.windowNs },
		generator: { ...measured.generator, cpuUtilization: 0.3 },
	};
};
const say = (...windows: Measurement[]) => sweepFindings(windows).map((each) => findingSchema.parse(each));
const codes = (...windows: Measurement[]) => say(...windows).map(({ code }) => code);

describe("a sweep", () => {
	it("of one number of clients says nothing", () => {
		expect(codes(window("/a", 32, 1_000, 900_000, 0.9))).toEqual([]);
	});

	it("with the same throughput from 8 times the clients, on a full core, is capped by CPU and graceful", () => {
		const found = say(window("/a", 32, 1_000, 900_000, 0.98), window("/a", 256, 1_010, 900_000, 0.99));
		expect(found.map(({ code }) => code)).toEqual(["CAPPED_BY_CPU", "GRACEFUL", "TAIL_CONTROLLED"]);
		expect(found[0]?.sentence).toMatch(
			/^GET \/a is capped by CPU: more clients .* full\. 8× the clients \(32 to 256\), 1\.0\d× \[.*\] the throughput, 99 % of a core\.$/,
		);
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
		expect(found?.sentence).toMatch(
			/^GET \/a is capped by CPU with few clients already: .* 1\.5\d× \[.*\] the throughput, 102 % of a core, 263 µs → 167 µs of CPU a request\.$/,
		);
		// A second core that it only finds under more clients.
		expect(codes(window("/a", 4, 3_800, 263_000, 0.99), window("/a", 32, 6_900, 263_000, 1.8))[0]).toBe(
			"CAPPED_BY_CONCURRENCY",
		);
	});

	it("that fails requests or loses its throughput is not graceful", () => {
		const few = window("/a", 32, 1_000, 900_000, 0.98);
		const failing = window("/a", 256, 1_000, 900_000, 0.98);
		const counts = { ...failing.counts, attempted: failing.counts.ok + 500 };
		expect(codes(few, { ...failing, counts })).toContain("NOT_GRACEFUL");
		expect(codes(few, window("/a", 256, 500, 900_000, 0.98))).toContain("NOT_GRACEFUL");
		const starving = { ...window("/a", 256, 1_000, 900_000, 0.98), unanswered: { count: 3, oldestNs: 7e9 } };
		expect(codes(few, starving)).toContain("NOT_GRACEFUL");
	});

	it("says how much dearer each endpoint is than the cheapest", () => {
		const found = say(
			window("/a", 32, 1_000, 40_000, 0.98),
			window("/a", 256, 1_000, 40_000, 0.98),
			window("/b", 32, 500, 80_000, 0.98),
			window("/b", 256, 500, 80_000, 0.98),
		);
		expect(found.find(({ code }) => code === "RELATIVE_COST")?.sentence).toMatch(
			/^Against GET \/a, which costs 40 µs of CPU a request: GET \/b 2× \[1\.9\d–2\.0\d\] \(80 µs\)\.$/,
		);
	});
});
