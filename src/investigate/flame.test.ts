import { describe, expect, it } from "vitest";
import type { RunSoFar } from "#src/investigate/run.js";
import type { FlameRun } from "#src/model/run.js";
import { load } from "../../test/support/simulated-world/plans.js";
import { tellFirst, tellFlame, tellQuick } from "../../test/support/simulated-world/stories.js";
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

const FUNCTIONS = { handle: 15_000, parse: 5_000 };

async function toldFirst(truth: (start: Start) => Partial<TargetTruth> = () => ({}), how = {}) {
	const world = new SimulatedWorld({
		processSd: 0,
		target: (start) => ({ functions: FUNCTIONS, ...truth(start) }),
	});
	const answers: RunSoFar<FlameRun>[] = [];
	const outcome = await tellFirst(world, async (soFar) => void answers.push(soFar), how);
	return { world, answers, ...outcome, starts: world.targets.map(({ start }) => start.label) };
}

const codes = ({ findings }: FlameRun) => findings.map(({ code }) => code);
const lengthsMs = ({ measurements }: FlameRun) => measurements.map(({ measuredNs }) => measuredNs / 1e6);

describe("the first answer", () => {
	it("is of a few seconds on one process, and gives way to what the whole run measures", async () => {
		const { answers, record, failure, starts } = await toldFirst();
		expect(failure).toBeNull();
		expect(starts).toEqual(["first", "clean", "v8", "0x"]);
		const [first, withClean, withV8, ...others] = answers;
		if (first === undefined || withClean === undefined || withV8 === undefined) throw new Error("not told");
		expect(others).toEqual([]);
		expect(first.record.state.kind).toBe("partial");
		expect(lengthsMs(first.record)).toEqual([3_000, 2_000]);
		expect(first.record.measurements[0]).toMatchObject({ id: "clean GET /items", collector: null });
		expect(first.record.measurements[0]?.cpu?.nsPerRequest).toBeCloseTo(CPU_NS, 6);
		expect(first.record.measurements[0]?.cpu?.lowNs).not.toBeNull();
		expect(codes(first.record)).toContain("FEW_SECONDS");
		// The second thing that there is: the whole clean window; then V8's whole profile.
		expect(lengthsMs(withClean.record)).toEqual([4_000, 2_000]);
		expect(codes(withClean.record)).not.toContain("FEW_SECONDS");
		expect(lengthsMs(withV8.record)).toEqual([4_000, 4_000]);
		expect(record.measurements.map(({ id }) => id)).toEqual(["clean GET /items", "v8 GET /items", "0x GET /items"]);
		expect(lengthsMs(record)).toEqual([4_000, 4_000, 4_000]);
		expect(record.profiles.map(({ id, notes }) => [id, notes.length])).toEqual([
			["v8", 0],
			["0x", 0],
		]);
		expect(record.agreements).toHaveLength(1);
	});

	it("shares the CPU of its own clean window out among the functions that were sampled behind it", async () => {
		const world = new SimulatedWorld({ processSd: 0, target: () => ({ functions: FUNCTIONS }) });
		const shares: number[] = [];
		await tellFirst(world, async ({ trees }) => {
			const tree = trees.get("v8");
			const ticks = (name: string): number =>
				(tree?.nodes ?? []).reduce(
					(sum, node) => sum + (tree?.frames[node.frame]?.name === name ? node.selfTicks : 0),
					0,
				);
			shares.push(ticks("handle") / (ticks("handle") + ticks("parse")));
		});
		expect(shares[0]).toBeGreaterThan(0.7);
		expect(shares[0]).toBeLessThan(0.8);
	});

	it.each(["start", "warm-up"] as const)(
		"stays, with the reason, where the target dies at its next %s",
		async (when) => {
			const { answers, record, failure } = await toldFirst(({ label }) => (label === "clean" ? { diesAt: when } : {}));
			expect(answers).toHaveLength(1);
			expect(failure).toMatchObject({ code: "TARGET_DIED" });
			expect(record.state).toEqual({ kind: "partial", reason: failure?.message });
			expect(lengthsMs(record)).toEqual([3_000, 2_000]);
			expect(codes(record)).toContain("FEW_SECONDS");
		},
	);

	it("is not told where the sampler brings nothing, and the run goes on", async () => {
		const { answers, record, failure } = await toldFirst(({ label }) => (label === "first" ? { functions: {} } : {}));
		expect(failure).toBeNull();
		// Before 0x, when V8's profile is there.
		expect(answers).toHaveLength(1);
		expect(record.profiles.map(({ id }) => id)).toEqual(["v8", "0x"]);
		expect(codes(record)).not.toContain("COLLECTOR_FAILED");
	});

	it("is not looked for where it would hardly come sooner, nobody waits, or no agent is in the target", async () => {
		expect((await toldFirst(undefined, { load })).starts).toEqual(["clean", "v8", "0x"]);
		expect((await toldFirst(undefined, { answered: null })).starts).toEqual(["clean", "v8", "0x"]);
		const { record } = await toldFirst(() => ({ agent: null }));
		expect(record.measurements[0]).toMatchObject({ id: "clean GET /items", measuredNs: 4_000e6 });
	});

	it("is all that --quick asks for, and says what it leaves out", async () => {
		const world = new SimulatedWorld({ processSd: 0, target: () => ({ functions: FUNCTIONS }) });
		const { record, failure } = await tellQuick(world);
		expect(failure).toBeNull();
		expect(record.state.kind).toBe("complete");
		expect(world.targets.map(({ start }) => start.label)).toEqual(["first"]);
		// Never longer than the windows that were asked for.
		expect(lengthsMs(record)).toEqual([1_000, 1_000]);
		expect(record.findings).toContainEqual({
			code: "FEW_SECONDS",
			severity: "info",
			about: "clean GET /items",
			figures: { asked: true, cleanMs: 1_000, sampledMs: 1_000, windowMs: null, others: ["0x"] },
		});
	});

	it("says with --quick why there is no profile", async () => {
		const { record, failure } = await tellQuick(new SimulatedWorld({ processSd: 0 }));
		expect(failure).toBeNull();
		expect(record.profiles).toEqual([]);
		expect(codes(record)).toContain("COLLECTOR_FAILED");
	});
});
