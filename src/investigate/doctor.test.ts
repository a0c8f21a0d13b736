import { expect, it } from "vitest";
import { tellDoctor } from "../../test/support/simulated-world/stories.js";
import type { Start, TargetTruth } from "../../test/support/simulated-world/target.js";
import { SimulatedWorld } from "../../test/support/simulated-world/world.js";

async function told(truth: (start: Start) => Partial<TargetTruth> = () => ({})) {
	const world = new SimulatedWorld({ processSd: 0, target: truth });
	return { world, ...(await tellDoctor(world)) };
}

it("a doctor run says what it saw in the clean window", async () => {
	const { record, failure } = await told();
	expect(failure).toBeNull();
	expect(record.doctor).toMatchObject({ measurementId: "clean GET /items", utilization: 0.6, blockCount: 0 });
	expect(record.findings.map(({ code }) => code)).toEqual(
		expect.arrayContaining([...(record.doctor?.verdicts ?? [""])]),
	);
	expect(record.profiles.map(({ id }) => id)).toEqual(["clinic-doctor"]);
});

it("what it saw stays where the other tool's process dies", async () => {
	const { record, failure } = await told(({ label }) => (label === "clean" ? {} : { diesAt: "window" }));
	expect(failure).toBeNull();
	expect(record.doctor).not.toBeNull();
	expect(record.findings.map(({ code }) => code)).toContain("COLLECTOR_FAILED");
});

it("a server that is not Node cannot be read from the inside", async () => {
	const { record, failure } = await told(() => ({ agent: null }));
	expect(failure).toMatchObject({ what: "the target cannot be read from the inside" });
	expect(record.doctor).toBeNull();
});

it.each([
	["start", 0],
	["warm-up", 0],
	["window", 1],
] as const)("a target that dies at its %s leaves %i windows and no verdict", async (diesAt, windows) => {
	const { record, failure } = await told(() => ({ diesAt }));
	expect(failure).toMatchObject({ code: "TARGET_DIED" });
	expect(record.measurements).toHaveLength(windows);
	expect(record.doctor).toBeNull();
});
