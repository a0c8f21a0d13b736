import { expect, it } from "vitest";
import type { Window } from "#src/model/measurement.js";
import { sampleMeasurement } from "../../../test/fixtures/report/sample-measurement.js";
import { findingsOfMeasurement } from "./measurement.js";

const cold = (collector: string | null): Window => {
	const measurement = sampleMeasurement({
		id: `${collector ?? "clean"} GET /`,
		path: "/",
		collector,
		clients: 64,
		requestsPerSecond: 2_000,
		cpuNsPerRequest: 100_000,
		seconds: 8,
		seed: 3,
	});
	return { ...measurement, warmup: { ...measurement.warmup, flat: false, requests: 7_808, durationMs: 3_000 } };
};
const notWarm = (collector: string | null) =>
	findingsOfMeasurement(cold(collector)).filter(({ code }) => code === "NOT_WARM");

it("warns of percentiles of a target that was not warm, and remarks it of a flamegraph", () => {
	const figures = { warmupRequests: 7_808, warmupMs: 3_000 };
	expect(notWarm(null)).toMatchObject([
		{ severity: "warning", about: "clean GET /", figures: { ...figures, collector: null } },
	]);
	expect(notWarm("v8")).toMatchObject([
		{ severity: "info", about: "v8 GET /", figures: { ...figures, collector: "v8" } },
	]);
});

it("says nothing of one that was", () => {
	const measurement = cold(null);
	const warm = { ...measurement, warmup: { ...measurement.warmup, flat: true } };
	expect(findingsOfMeasurement(warm).map(({ code }) => code)).not.toContain("NOT_WARM");
});

it("counts what failed by its kind, and what had another status by its status", () => {
	const { counts, ...others } = cold(null);
	const failed = {
		...others,
		counts: { ...counts, attempted: 1_000, errors: { ...counts.errors, reset: 4, timeout: 1 } },
	};
	expect(findingsOfMeasurement(failed).find(({ code }) => code === "REQUEST_ERRORS")).toMatchObject({
		severity: "warning",
		figures: {
			errors: 5,
			attempted: 1_000,
			share: 0.005,
			kinds: [
				{ kind: "reset", errors: 4 },
				{ kind: "timeout", errors: 1 },
			],
		},
	});
	const limited = { ...others, counts: { ...counts, attempted: 1_000, unexpectedStatus: { 429: 900, 500: 3 } } };
	expect(findingsOfMeasurement(limited).find(({ code }) => code === "RATE_LIMITED")).toMatchObject({
		severity: "problem",
		figures: {
			answers: 903,
			share: 0.903,
			statuses: [
				{ status: "429", answers: 900 },
				{ status: "500", answers: 3 },
			],
		},
	});
});

it("tells a target that went silent from one that was slow at the end", () => {
	const window = cold(null);
	const silent = (seconds: number): Window => ({
		...window,
		unanswered: { count: 64, oldestNs: seconds * 1e9 },
		seconds: window.seconds.map((second, index) =>
			index < window.seconds.length - seconds ? second : { ...second, requests: 0, errors: 0 },
		),
	});
	const hung = (seconds: number) => findingsOfMeasurement(silent(seconds)).filter(({ code }) => code === "TARGET_HUNG");
	expect(hung(1)).toEqual([]);
	expect(hung(3)).toMatchObject([{ severity: "problem", figures: { silentSeconds: 3, inFlight: 64 } }]);
});
