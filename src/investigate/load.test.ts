import { describe, expect, it } from "vitest";
import { tellLimit, tellLoad, tellSweep } from "../../test/support/simulated-world/stories.js";
import type { TargetTruth } from "../../test/support/simulated-world/target.js";
import { SimulatedWorld } from "../../test/support/simulated-world/world.js";

const worldOf = (truth: Partial<TargetTruth> = {}) => new SimulatedWorld({ processSd: 0, target: () => truth });

it("a load run has a window of each endpoint, on one process, and what the client can do", async () => {
	const world = worldOf();
	const { record, failure } = await tellLoad(world);
	expect(failure).toBeNull();
	expect(record.measurements.map(({ id }) => id)).toEqual(["clean GET /items", "clean GET /health"]);
	expect(record.measurements.every(({ cpu }) => Math.round(cpu?.nsPerRequest ?? 0) === 20_000)).toBe(true);
	expect(world.targets).toHaveLength(1);
	expect(record.client?.requestsPerSecond).toBe(90_000);
	expect(record.limits).toEqual([]);
});

it("a target that dies under the first endpoint ends the run, with the part that was measured", async () => {
	const { record, failure } = await tellLoad(worldOf({ diesAt: "window" }));
	expect(failure).toMatchObject({ code: "TARGET_DIED" });
	expect(record.measurements).toMatchObject([{ id: "clean GET /items", partial: true }]);
	expect(record.client).toBeNull();
});

it("a sweep is measured endpoint by endpoint and kept as its table is read", async () => {
	const { record } = await tellSweep(worldOf());
	const begun = record.measurements.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)).map(({ id }) => id);
	expect(begun).toEqual([
		"clean GET /items 4 clients",
		"clean GET /items 16 clients",
		"clean GET /health 4 clients",
		"clean GET /health 16 clients",
	]);
	expect(record.measurements.map(({ id }) => id)).toEqual([begun[0], begun[2], begun[1], begun[3]]);
});

describe("the search for the highest rate", () => {
	it("finds it within a few per cent of the capacity, and confirms it", async () => {
		// One core answers 50,000 requests a second.
		const { record, failure } = await tellLimit(worldOf());
		expect(failure).toBeNull();
		const [limit] = record.limits;
		expect(limit?.ratePerSecond).toBeGreaterThan(50_000 / 1.1);
		expect(limit?.ratePerSecond).toBeLessThanOrEqual(50_500);
		expect(limit?.failsAtPerSecond).toBeGreaterThan(50_000);
		expect(limit?.steps.at(-1)).toMatchObject({ confirms: true, verdict: "held", ratePerSecond: limit?.ratePerSecond });
		expect(limit?.steps.map(({ measurementId }) => measurementId)).toEqual(record.measurements.map(({ id }) => id));
	});

	it("finds none where the target is slower than the bound at any rate", async () => {
		const { record, failure } = await tellLimit(worldOf({ latencyNs: 1_800, tailNs: 1_900 }));
		expect(failure).toBeNull();
		expect(record.limits).toMatchObject([{ ratePerSecond: null }]);
		expect(record.limits[0]?.steps.every(({ verdict }) => verdict === "not held")).toBe(true);
	});
});
