import { expect, it } from "vitest";
import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import { tellRun } from "#src/investigate/run.js";
import type { SideLayers } from "#src/model/side-layers.js";
import { truthOf } from "../../test/support/simulated-world/layers.js";
import { endpoint, planFor } from "../../test/support/simulated-world/plans.js";
import type { Start, TargetTruth } from "../../test/support/simulated-world/target.js";
import { SimulatedWorld } from "../../test/support/simulated-world/world.js";
import { layersOfSide } from "./layers-of-side.js";

async function layersIn(target: (start: Start) => Partial<TargetTruth>): Promise<SideLayers | null> {
	const world = new SimulatedWorld({ processSd: 0, target });
	const plan = planFor(world);
	const found: (SideLayers | null)[] = [];
	const nothing = { measurements: [], profiles: [], comparison: null, findings: [] };
	const { failure } = await tellRun(plan, world, "compare", nothing, async (run) => {
		found.push(await layersOfSide(run, endpoint, plan.target, "head"));
	});
	expect(failure).toBeNull();
	expect(world.targets.every(({ wasEnded }) => wasEnded)).toBe(true);
	return found[0] ?? null;
}

it("the layers of a side, and what is theirs of a profile: their own functions and what they call", async () => {
	const found = await layersIn(truthOf({ layers: { auth: { cpuNs: 20_000 }, cors: { cpuNs: 5_000 } } }));
	expect(found?.layers.map(({ id, frame }) => [id, frame.name, frame.file])).toEqual([
		["auth", "auth", "/code/auth.js"],
		["cors", "cors", "/code/cors.js"],
	]);
	const builder = new CallTreeBuilder();
	const hook = describeFrame({ name: "hook", url: "file:///code/auth.js", line: 3, column: 1 });
	const stringify = describeFrame({ name: "stringify", url: "", line: null, column: null });
	builder.addStack([hook], 2);
	builder.addStack([hook, stringify], 5);
	builder.addStack([stringify], 7);
	expect(Object.fromEntries(found?.ticksOf(builder.build()) ?? [])).toEqual({ auth: 7, cors: 0 });
});

const withoutFramework: Partial<TargetTruth> = {
	agent: { "layers.describe": () => ({ framework: null, layers: [], routes: [], answered: [] }) },
};

it.each<[string, Partial<TargetTruth>]>([
	["a side without a framework that is known", withoutFramework],
	["one that does not start for it", { diesAt: "start" }],
	["one that is not Node", { agent: null }],
])("%s has none, and the run goes on", async (_, truth) => {
	expect(await layersIn(() => truth)).toBeNull();
});
