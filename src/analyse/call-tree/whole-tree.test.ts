import { expect, it } from "vitest";
import type { Frame } from "#src/model/call-tree.js";
import type { CpuPart } from "#src/model/cpu-parts.js";
import { CallTreeBuilder, functionTicks, totalTicks } from "./call-tree.js";
import { withoutOwnCode } from "./own-code.js";
import { sampledTicks, wholeTree } from "./whole-tree.js";

const frame = (name: string, kind: Frame["kind"]): Frame => ({
	name,
	file: kind === "engine" ? null : `/srv/${name}.js`,
	line: 1,
	column: 1,
	kind,
	package: null,
});
const [handler, hook, agent, wrapper, stringify] = [
	frame("handler", "app"),
	frame("hook", "app"),
	frame("agent", "profiler"),
	frame("wrapper", "profiler"),
	frame("stringify", "engine"),
];
const part = (kind: CpuPart["kind"], nsPerRequest: number): CpuPart => ({
	kind,
	nsPerRequest,
	cpuNs: nsPerRequest * 1_000,
	runQueueWaitNs: 0,
	threads: 1,
});
const costsOf = (tree: Parameters<typeof totalTicks>[0], perRequest: number) =>
	Object.fromEntries(
		functionTicks(tree).map((each) => [each.frame.name, Math.round((each.totalTicks / totalTicks(tree)) * perRequest)]),
	);

it("only the main thread's part is shared out by its samples; the others are what was measured", () => {
	const builder = new CallTreeBuilder();
	builder.addStack([handler], 30);
	builder.addStack([handler, stringify], 10);
	const parts = [part("main thread", 8_000), part("thread pool", 90_000), part("V8 helpers", 2_000)];
	const whole = wholeTree(
		builder.build(),
		parts,
		["main thread"],
		[
			{ work: "crypto", share: 0.8 },
			{ work: "zlib", share: 0.1 },
		],
	);
	expect(costsOf(whole, 100_000)).toEqual({
		handler: 8_000,
		stringify: 2_000,
		"(thread pool)": 90_000,
		"(thread pool: crypto)": 72_000,
		"(thread pool: zlib)": 9_000,
		"(V8's helper threads)": 2_000,
	});
	expect(sampledTicks(whole)).toBe(40);
});

it("shows the parts of a request of which the sampler saw nothing at all", () => {
	const whole = wholeTree(new CallTreeBuilder().build(), [part("other processes", 50_000)], ["main thread"]);
	expect(costsOf(whole, 50_000)).toEqual({ "(other processes)": 50_000 });
});

it("az-prof's own code goes with what Node does for it; what it calls of the target stays", () => {
	const builder = new CallTreeBuilder();
	builder.addStack([agent], 5);
	builder.addStack([agent, stringify], 7);
	builder.addStack([handler, wrapper], 1);
	builder.addStack([handler, wrapper, hook], 20);
	builder.addStack([handler, wrapper, hook, stringify], 4);
	const { tree, removedTicks } = withoutOwnCode(builder.build());
	expect(removedTicks).toBe(13);
	expect(totalTicks(tree)).toBe(24);
	expect(functionTicks(tree).map((each) => [each.frame.name, each.selfTicks, each.totalTicks])).toEqual([
		["hook", 20, 24],
		["stringify", 4, 4],
		["handler", 0, 24],
		["wrapper", 0, 24],
	]);
});

it("a tree without our code is the same tree", () => {
	const builder = new CallTreeBuilder();
	builder.addStack([handler, stringify], 3);
	const tree = builder.build();
	expect(withoutOwnCode(tree).tree).toBe(tree);
});
