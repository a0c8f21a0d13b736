import { describe, expect, it } from "vitest";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { CallTree } from "#src/model/call-tree.js";
import type { Comparison } from "#src/model/comparison.js";
import type { SideLayers } from "#src/model/side-layers.js";
import { tellCompare } from "../../test/support/simulated-world/stories.js";
import type { TargetTruth } from "../../test/support/simulated-world/target.js";
import { SimulatedWorld } from "../../test/support/simulated-world/world.js";
import { wholeAnswer } from "../../test/support/whole-answer.js";

const others = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`f${index}`, 40 + 2 * index]));
const sumOf = (costs: Readonly<Record<string, number>>): number =>
	Object.values(costs).reduce((sum, each) => sum + each);

/** A server that allocates so much in `copy`, and as much as ever elsewhere. */
const allocating = (copyBytes: number): Partial<TargetTruth> => {
	const allocations = { ...others, copy: copyBytes };
	return { allocations, functions: { ...others, copy: 800 }, bytes: sumOf(allocations) };
};

const worldOf = (base: Partial<TargetTruth>, head: Partial<TargetTruth>): SimulatedWorld =>
	new SimulatedWorld({
		processSd: 0.002,
		target: ({ spec }) => (spec.kind === "command" && spec.cwd === "/code/head" ? head : base),
	});

const changesIn = (judged: Comparison["functions"] | Comparison["functionBytes"] | undefined) =>
	judged?.changed.map(({ kind, frame, verdict }) => [kind, frame.name, verdict]);

describe("a comparison", () => {
	it("names the function that allocates more, and by how much", async () => {
		const { record } = await tellCompare(worldOf(allocating(400), allocating(900)));
		const { functionBytes, functions, verdict } = record.comparison ?? {};
		expect(verdict).toBe("regressed");
		expect(changesIn(functionBytes)).toEqual([["function", "copy", "dearer"]]);
		const [copy] = functionBytes?.changed ?? [];
		expect(copy?.lowBytes).toBeLessThan(500);
		expect(copy?.highBytes).toBeGreaterThan(500);
		expect(changesIn(functions)).toEqual([]);
		expect(wholeAnswer(record, new Map())).toMatch(
			/^Regressed: GET \/items allocates .* more a request .*\. Allocates more: copy \(\S+server\.js:\d+\) \+0?\.?\d+.* \[.* … .*\]\./,
		);
	});

	it("does not ask whose bytes they are where the sides allocate alike, nor in a short run", async () => {
		const world = worldOf(allocating(400), allocating(400));
		const { record } = await tellCompare(world);
		expect(record.comparison).toMatchObject({ functions: { changed: [] }, functionBytes: null });
		expect(world.steps.calls).not.toContain("end inlining");
		const short = await tellCompare(worldOf(allocating(400), allocating(900)), { withinMs: 20_000 });
		expect(short.record.comparison).toMatchObject({ functions: null, functionBytes: null });
	});

	it("says nothing of functions where one side was never seen, and all of its metrics", async () => {
		const { record, failure } = await tellCompare(worldOf(allocating(400), { bytes: 9_000 }));
		expect(failure).toBeNull();
		expect(record.comparison).toMatchObject({ verdict: "regressed", functions: null, functionBytes: null });
	});

	it("whose side dies while its functions are sampled keeps the set, and says which", async () => {
		const world = worldOf(allocating(400), allocating(900));
		const { functionSamplerOf } = world;
		let sets = 0;
		world.functionSamplerOf = (target, folder) => {
			const sampler = functionSamplerOf(target, folder);
			const begin = async (): Promise<void> => {
				await sampler.bytes.begin();
				if (target.origin !== world.targets.at(-1)?.origin || ++sets < 3) return;
				world.targets.at(-1)?.die();
			};
			return { ...sampler, bytes: { ...sampler.bytes, begin } };
		};
		const { record, failure } = await tellCompare(world);
		expect(failure).toMatchObject({ code: "TARGET_DIED" });
		expect(record.comparison?.sets).toHaveLength(3);
		expect(record.comparison).toMatchObject({ functions: null, functionBytes: null });
		expect(world.targets.every(({ wasEnded }) => wasEnded)).toBe(true);
	});
});

describe("layers", () => {
	const layersOf = (...names: readonly string[]): SideLayers => ({
		layers: names.map((name) => ({
			id: name,
			frame: describeFrame({ name, url: "file:///app/server.js", line: 1, column: null }),
		})),
		ticksOf: ({ frames, nodes }: CallTree) =>
			new Map(
				names.map((name) => [
					name,
					nodes.reduce((sum, { frame, selfTicks }) => sum + (frames[frame]?.name === name ? selfTicks : 0), 0),
				]),
			),
	});

	it("are looked for where a function is named, once a side, and told beside it", async () => {
		const asked: string[] = [];
		const { record } = await tellCompare(
			worldOf(allocating(400), allocating(900)),
			{},
			{
				layersOfSide: async (_run, _endpoint, _spec, label) => {
					asked.push(label);
					return layersOf("copy", "f3");
				},
			},
		);
		expect(asked).toEqual(["base", "head"]);
		expect(changesIn(record.comparison?.functionBytes)?.toSorted()).toEqual([
			["function", "copy", "dearer"],
			["layer", "copy", "dearer"],
		]);
	});

	it("are not, where none is", async () => {
		const asked: string[] = [];
		await tellCompare(
			worldOf(allocating(400), allocating(400)),
			{},
			{
				layersOfSide: async (_run, _endpoint, _spec, label) => {
					asked.push(label);
					return null;
				},
			},
		);
		expect(asked).toEqual([]);
	});
});
