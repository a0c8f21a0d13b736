import { expect, it } from "vitest";
import { tellAlloc } from "../../test/support/simulated-world/stories.js";
import type { TargetTruth } from "../../test/support/simulated-world/target.js";
import { SimulatedWorld } from "../../test/support/simulated-world/world.js";

async function told(truth: Partial<TargetTruth> = {}) {
	const world = new SimulatedWorld({ processSd: 0, target: () => truth });
	return { world, ...(await tellAlloc(world)) };
}

it("an alloc run says how many bytes and objects a request allocates, and that nothing stays", async () => {
	const { record, failure } = await told({ bytes: 3_000 });
	expect(failure).toBeNull();
	expect(record.measurements[0]?.allocation?.bytesPerRequest).toBeCloseTo(3_000, 6);
	expect(record.allocation?.objects).toMatchObject({ perRequest: 40, functions: [] });
	expect(record.allocation?.retained?.bytesPerRequest).toBeCloseTo(0, 6);
	expect(record.allocation?.retained?.verdict).toBe("steady");
	expect(record.profiles).toMatchObject([{ id: "heap", measures: "allocation" }]);
});

it("a leak of 200 bytes a request is seen as 200 bytes a request", async () => {
	const { record } = await told({ leakBytes: 200 });
	expect(record.allocation?.retained?.bytesPerRequest).toBeCloseTo(200, 6);
	expect(record.allocation?.retained?.verdict).toBe("leaks");
	expect(record.findings.map(({ code }) => code)).toContain("LEAK");
});

it("a server that is not Node has its latencies kept, and the reason why there is no more", async () => {
	const { record, failure, world } = await told({ agent: null });
	expect(failure).toMatchObject({ code: "COLLECTOR_FAILED", what: "what a request allocates is not known" });
	expect(record.measurements).toMatchObject([{ id: "clean GET /items", allocation: null }]);
	expect(record.allocation).toBeNull();
	expect(world.targets).toHaveLength(1);
});

it.each([
	["start", 0],
	["warm-up", 0],
	["window", 1],
] as const)("a target that dies at its %s leaves %i windows and no allocation", async (diesAt, windows) => {
	const { record, failure } = await told({ diesAt });
	expect(failure).toMatchObject({ code: "TARGET_DIED" });
	expect(record.measurements).toHaveLength(windows);
	expect(record.allocation).toBeNull();
});
