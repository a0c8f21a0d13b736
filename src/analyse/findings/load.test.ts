import { describe, expect, it } from "vitest";
import { type Finding, findingSchema } from "#src/model/finding.js";
import type { Series } from "#src/model/latency.js";
import type { Window } from "#src/model/measurement.js";
import { sampleMeasurement } from "../../../test/fixtures/report/sample-measurement.js";
import { findingsOfLoad } from "./load.js";

const closed = sampleMeasurement({
	id: "clean GET /",
	path: "/",
	collector: null,
	clients: 64,
	requestsPerSecond: 2_000,
	cpuNsPerRequest: 100_000,
	seconds: 8,
	seed: 3,
});
const latency = (valueNs: number): Pick<Series, "percentiles" | "maxNs" | "meanNs" | "histogramV2" | "count"> => ({
	percentiles: [0.5, 0.99].map((quantile) => ({ quantile, valueNs, lowNs: null, highNs: null })),
	maxNs: valueNs,
	meanNs: valueNs,
	histogramV2: "",
	count: 1_000,
});
/** 1,000 a second for 8 s, all answered within 5 ms, on time. */
const open: Window = {
	...closed,
	load: {
		kind: "open",
		ratePerSecond: 1_000,
		arrivals: "constant",
		seed: 1,
		maxInFlight: 1_000,
		durationMs: 8_000,
		warmupMs: 0,
		warmupMaxMs: 0,
		timeoutMs: 10_000,
	},
	counts: { ...closed.counts, attempted: 8_000, ok: 8_000, unexpectedStatus: {} },
	tallies: { planned: 8_000 },
	series: [
		{ name: "response", ...latency(5e6) },
		{ name: "pacingLag", ...latency(20_000) },
	],
	generator: { ...closed.generator, cpuUtilization: 1 },
};
const codesOf = (measurement: Window): string[] =>
	findingsOfLoad(measurement).map((each) => findingSchema.parse(each).code);
/** The share of the time in which clients waited for an answer, where a finding says it. */
const clientsWaiting = (finding: Finding | undefined): number | null =>
	finding?.code === "GENERATOR_BOUND" || finding?.code === "CONNECTIONS_NOT_KEPT"
		? finding.figures.clientsWaitingShare
		: null;
const withTarget = (measurement: Window, share: number): Window => ({
	...measurement,
	cpu: measurement.cpu === null ? null : { ...measurement.cpu, totalNs: share * measurement.measuredNs },
});

describe("a closed loop", () => {
	it("that is in order says nothing", () => {
		expect(codesOf(withTarget(closed, 0.3))).toEqual([]);
	});

	it("whose generator is full is bound by it, unless the target is full as well", () => {
		const full = { ...closed, generator: { ...closed.generator, cpuUtilization: 0.95 } };
		expect(codesOf(withTarget(full, 0.3))).toEqual(["GENERATOR_BOUND"]);
		expect(codesOf(withTarget(full, 0.97))).toEqual([]);
	});

	it("whose generator waits for its core is bound by that", () => {
		const waiting = { ...closed, generator: { ...closed.generator, runQueueWaitNs: 0.3 * closed.measuredNs } };
		const [finding, ...others] = findingsOfLoad(withTarget(waiting, 0.3));
		expect(others).toEqual([]);
		expect(finding).toMatchObject({ code: "GENERATOR_BOUND", figures: { cause: "no core", generatorWaitShare: 0.3 } });
	});

	it("whose clients have nothing under way for a third of the time is bound by its generator", () => {
		const { serviceTime } = closed;
		const quick = { ...closed, serviceTime: { ...serviceTime, meanNs: 0.66 * (64 / 2_000) * 1e9 } };
		const [finding] = findingsOfLoad(withTarget(quick, 0.3));
		expect(finding).toMatchObject({ code: "GENERATOR_BOUND", figures: { cause: "clients idle", clients: 64 } });
		expect(clientsWaiting(finding)).toBeCloseTo(0.66, 1);
		expect(codesOf(withTarget(quick, 0.97))).toEqual([]);
	});

	it("whose clients open connections meanwhile is not bound by its generator, and that is said", () => {
		const { serviceTime, counts } = closed;
		const replacing = {
			...closed,
			serviceTime: { ...serviceTime, meanNs: 0.66 * (64 / 2_000) * 1e9 },
			generator: { ...closed.generator, reconnects: counts.ok },
		};
		const [finding, ...others] = findingsOfLoad(withTarget(replacing, 0.3));
		expect(others).toEqual([]);
		expect(finding).toMatchObject({
			code: "CONNECTIONS_NOT_KEPT",
			figures: { reconnects: counts.ok, answers: counts.ok, loop: "closed" },
		});
		expect(clientsWaiting(finding)).toBeCloseTo(0.66, 1);
		expect(codesOf({ ...open, generator: { ...open.generator, reconnects: 4_000 } })).toEqual(["CONNECTIONS_NOT_KEPT"]);
		expect(codesOf({ ...open, generator: { ...open.generator, reconnects: 40 } })).toEqual([]);
	});

	it("with an answer of a second and a p99 of milliseconds says that it cannot see a stall", () => {
		const stalled = { ...closed, serviceTime: { ...closed.serviceTime, maxNs: 1e9 } };
		expect(codesOf(withTarget(stalled, 0.3))).toEqual(["STALL_UNDERSTATED"]);
	});

	it("whose first seconds cost more than every later one was cold", () => {
		const seconds = closed.seconds.map((second, index) => ({
			...second,
			targetCpuNs: second.requests * (index < 2 ? 130_000 : 100_000 + index),
		}));
		expect(codesOf(withTarget({ ...closed, seconds }, 0.3))).toEqual(["COLD"]);
		const once = seconds.map((second, index) =>
			index === 5 ? { ...second, targetCpuNs: second.requests * 140_000 } : second,
		);
		expect(codesOf(withTarget({ ...closed, seconds: once }, 0.3))).toEqual([]);
	});
});

describe("an open loop", () => {
	it("that is in order says nothing, although its generator polls the clock", () => {
		expect(codesOf(withTarget(open, 0.4))).toEqual([]);
	});

	it("whose own generator sends late, by a tenth of what is measured, is bound by it", () => {
		const late = (lagNs: number): Window => ({
			...open,
			series: [
				{ name: "response", ...latency(20e6) },
				{ name: "pacingLag", ...latency(lagNs) },
			],
		});
		const [finding] = findingsOfLoad(withTarget(late(3e6), 0.4));
		expect(finding?.figures).toMatchObject({ cause: "late", pacingLagP99Ns: 3e6, p99Ns: 20e6, clients: null });
		expect(codesOf(withTarget(late(1.5e6), 0.4))).toEqual([]);
	});

	it("that could not send all did not hold its rate, and its target is saturated, by CPU or by something else", () => {
		const behind: Window = {
			...open,
			counts: { ...open.counts, attempted: 6_000, ok: 6_000 },
			tallies: { planned: 8_000, missed: 1_500 },
			unanswered: { count: 500, oldestNs: 4e6 },
		};
		const [byCpu, other] = [0.99, 0.2].map((share) => findingsOfLoad(withTarget(behind, share)));
		expect(byCpu?.map(({ code }) => code)).toEqual(["RATE_NOT_HELD", "TARGET_SATURATED"]);
		expect(byCpu?.[1]?.figures).toMatchObject({ limitedBy: "CPU", ratePerSecond: 1_000, answeredShare: 0.75 });
		expect(other?.[1]?.figures).toMatchObject({ limitedBy: "something else" });
		expect(byCpu?.[0]?.figures).toMatchObject({ planned: 8_000, missed: 1_500, waiting: 500, maxInFlight: 1_000 });
	});

	it("whose window closed on requests that had waited longer than any answer says so", () => {
		const waiting = { ...open, unanswered: { count: 30, oldestNs: 900e6 } };
		expect(codesOf(withTarget(waiting, 0.4))).toEqual(["UNANSWERED_AT_END"]);
	});
});
