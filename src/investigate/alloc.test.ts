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
	expect(record.allocation?.retained?.heap).toMatchObject({ bytesPerRequest: 0, verdict: "steady" });
	expect(record.allocation?.retained?.outside.verdict).toBe("steady");
	expect(record.profiles).toMatchObject([{ id: "heap", measures: "allocation" }]);
});

it.each([
	["heap", { leakBytes: 200 }],
	["outside", { leakOutsideBytes: 200 }],
] as const)("a leak of 200 bytes a request is seen as such where it is: %s", async (where, truth) => {
	const { record } = await told(truth);
	expect(record.allocation?.retained?.[where].bytesPerRequest).toBeCloseTo(200, 6);
	const leaks = record.findings.filter(({ code }) => code === "LEAK");
	expect(leaks).toMatchObject([{ figures: { where } }]);
});

it("who keeps what leaks on the heap is told, and that it could not be looked into", async () => {
	const { record, world } = await told({ leakBytes: 200 });
	const [keeper] = record.allocation?.retained?.keepers ?? [];
	expect(keeper).toMatchObject({ path: "kept", holds: "Array", kinds: [{ name: "Kept" }] });
	expect((keeper?.bytesPerRequest ?? 0) / 200).toBeCloseTo(1, 1);
	expect(world.targets.every(({ wasEnded }) => wasEnded)).toBe(true);

	const unreadable = new SimulatedWorld({ processSd: 0, target: () => ({ leakBytes: 200 }) });
	unreadable.takeHeapSnapshot = async () => "no snapshot";
	const other = await tellAlloc(unreadable);
	expect(other.failure).toBeNull();
	expect(other.record.allocation?.retained).toMatchObject({ heap: { verdict: "leaks" }, keepers: null });
	expect(other.record.findings.map(({ code }) => code)).toContain("HEAP_NOT_READ");
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
