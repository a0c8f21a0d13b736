import { expect, it } from "vitest";
import { sampleMeasurement } from "../../../test/fixtures/report/sample-measurement.js";
import { oneProcessProfiled } from "./profile.js";

it("says that a profile is of one process where CPU is that of several", () => {
	const measured = sampleMeasurement({
		id: "clean GET /",
		path: "/",
		collector: null,
		clients: 64,
		requestsPerSecond: 2_000,
		cpuNsPerRequest: 100_000,
		seconds: 2,
		seed: 3,
	});
	const ofProcesses = (processes: number) => ({ ...measured, cpu: measured.cpu && { ...measured.cpu, processes } });
	expect(oneProcessProfiled("v8", ofProcesses(1))).toEqual([]);
	expect(oneProcessProfiled("v8", ofProcesses(3))).toMatchObject([
		{ code: "ONE_PROCESS_PROFILED", about: "v8", figures: { processes: 3, workerThreads: 0 } },
	]);
	expect(oneProcessProfiled("v8", { ...measured, cpu: null })).toEqual([]);
});
