import { expect, it } from "vitest";
import { tellFlame } from "../../test/support/simulated-world/stories.js";
import type { Start, TargetTruth } from "../../test/support/simulated-world/target.js";
import { SimulatedWorld } from "../../test/support/simulated-world/world.js";

const CPU_NS = 20_000;

async function told(truth: (start: Start) => Partial<TargetTruth> = () => ({})) {
	const world = new SimulatedWorld({ processSd: 0, target: truth });
	return { world, ...(await tellFlame(world)) };
}

const dying = (label: string, diesAt: TargetTruth["diesAt"]) =>
	told((start) => (start.label === label ? { diesAt } : {}));

it("a flame run has a clean window that says what a request costs, a window and a profile of each collector, and how they agree", async () => {
	const { record, trees, failure } = await told();
	expect(failure).toBeNull();
	expect(record.measurements.map(({ id, collector }) => [id, collector])).toEqual([
		["clean GET /items", null],
		["v8 GET /items", "v8"],
		["0x GET /items", "0x"],
	]);
	expect(record.measurements[0]?.cpu?.nsPerRequest).toBeCloseTo(CPU_NS, 6);
	expect(record.profiles.map(({ id, cleanMeasurementId }) => [id, cleanMeasurementId])).toEqual([
		["v8", "clean GET /items"],
		["0x", "clean GET /items"],
	]);
	expect([...trees.keys()]).toEqual(["v8", "0x"]);
	// Both say that one function did it all.
	expect(record.agreements).toMatchObject([{ collectors: ["v8", "0x"], selfOverlap: 1, packageOverlap: 1 }]);
	expect(record.target).toMatchObject({ kind: "command", cwd: "/code", nodeVersion: "v24.0.0" });
});

it.each(["start", "warm-up"] as const)("a target that dies at its %s leaves nothing but the reason", async (when) => {
	const { record, failure, world } = await dying("clean", when);
	expect(failure).toMatchObject({ code: "TARGET_DIED" });
	expect(record.state).toEqual({ kind: "partial", reason: failure?.message });
	expect(record.measurements).toEqual([]);
	expect(world.targets.every(({ wasEnded }) => wasEnded)).toBe(true);
});

it("a target that dies in its clean window leaves the part before, and is not profiled", async () => {
	const { record, failure, world } = await dying("clean", "window");
	expect(failure).toMatchObject({ code: "TARGET_DIED" });
	expect(record.measurements).toMatchObject([{ id: "clean GET /items", partial: true }]);
	expect(world.targets.map(({ start }) => start.label)).toEqual(["clean"]);
});

it.each(["start", "warm-up", "window"] as const)(
	"a target that dies under one profiler, at its %s, leaves the clean window and the other profile",
	async (when) => {
		const { record, failure } = await dying("v8", when);
		expect(failure).toBeNull();
		expect(record.state.kind).toBe("complete");
		expect(record.profiles.map(({ id }) => id)).toEqual(["0x"]);
		expect(record.agreements).toEqual([]);
		expect(record.findings).toContainEqual(
			expect.objectContaining({ code: "COLLECTOR_FAILED", about: "v8", variant: null }),
		);
		const windows = record.measurements.map(({ id, partial }) => [id, partial]);
		expect(windows).toEqual([
			["clean GET /items", false],
			...(when === "window" ? [["v8 GET /items", true]] : []),
			["0x GET /items", false],
		]);
	},
);
