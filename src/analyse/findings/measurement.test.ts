import { expect, it } from "vitest";
import type { Measurement } from "#src/model/measurement.js";
import { sampleMeasurement } from "../../../test/fixtures/report/sample-measurement.js";
import { findingsOfMeasurement } from "./measurement.js";

const cold = (collector: string | null): Measurement => {
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
	expect(notWarm(null)).toMatchObject([{ severity: "warning", about: "clean GET /" }]);
	expect(notWarm(null)[0]?.sentence).toMatch(/after 7,808 requests in 3\.0 s .* A longer --warmup helps\.$/);
	expect(notWarm("v8")).toMatchObject([{ severity: "info", about: "v8 GET /" }]);
	expect(notWarm("v8")[0]?.sentence).toMatch(/flamegraph may show more of V8's compiling/);
});

it("says nothing of one that was", () => {
	const measurement = cold(null);
	const warm = { ...measurement, warmup: { ...measurement.warmup, flat: true } };
	expect(findingsOfMeasurement(warm).map(({ code }) => code)).not.toContain("NOT_WARM");
});
