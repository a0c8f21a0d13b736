import { describe, expect, it } from "vitest";
import type { CallTree, Frame, FrameKind } from "#src/model/call-tree.js";
import { CallTreeBuilder, functionTicks, totalTicks } from "./call-tree.js";
import { hasProcesses, processFrame, withoutProcesses } from "./processes.js";

const frame = (name: string, kind: FrameKind = "app"): Frame => ({
	name,
	file: kind === "native" ? null : `/${kind}/${name}.js`,
	line: 1,
	column: 1,
	kind,
	package: null,
});
const [emit, hook, parse] = [frame("emit", "node"), frame("hook"), frame("parse", "native")];

function treeOf(...stacks: readonly (readonly [ticks: number, ...stack: readonly Frame[]])[]): CallTree {
	const builder = new CallTreeBuilder();
	for (const [ticks, ...stack] of stacks) builder.addStack(stack, ticks);
	return builder.build();
}

describe("the kinds of isolates in a profile", () => {
	it("are added up where nobody asks for them", () => {
		const [primary, worker] = [processFrame("primary", "s.js"), processFrame("cluster worker", "s.js")];
		const tree = treeOf([1, primary, emit], [10, worker, hook, parse], [2, worker, emit]);
		expect(hasProcesses(tree)).toBe(true);
		const merged = withoutProcesses(tree);
		expect(merged).toEqual(treeOf([3, emit], [10, hook, parse]));
		expect(totalTicks(merged)).toBe(totalTicks(tree));
		expect(withoutProcesses(merged)).toBe(merged);
	});

	it("are no functions", () => {
		const tree = treeOf([10, processFrame("worker thread", ""), hook]);
		expect(functionTicks(tree).map(({ frame: { name } }) => name)).toEqual(["hook"]);
	});
});
