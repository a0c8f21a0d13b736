import { expect, it } from "vitest";
import { CallTreeBuilder, functionTicks, subtreeTicks, totalTicks } from "./call-tree.js";
import { describeFrame } from "./frame-kind.js";

const frame = (name: string) => describeFrame({ name, url: `file:///${name}.js`, line: 1, column: 1 });
const [a, b, c] = [frame("a"), frame("b"), frame("c")];

it("puts stacks together and keeps every tick", () => {
	const builder = new CallTreeBuilder();
	builder.addStack([a, b], 3);
	builder.addStack([a, b], 2);
	builder.addStack([a, c], 4);
	builder.addStack([a], 1);
	const tree = builder.build();
	expect(tree.nodes).toHaveLength(4);
	expect(tree.nodes.every((node, index) => node.parent < index)).toBe(true);
	expect(totalTicks(tree)).toBe(10);
	expect(subtreeTicks(tree)).toEqual([10, 10, 5, 4]);
});

it("counts a recursive function once a tick in its total", () => {
	const builder = new CallTreeBuilder();
	builder.addStack([a, b, a, b, a], 5);
	builder.addStack([a, c], 2);
	const ticks = Object.fromEntries(functionTicks(builder.build()).map(({ frame: { name }, ...rest }) => [name, rest]));
	expect(ticks).toMatchObject({
		a: { selfTicks: 5, totalTicks: 7 },
		b: { selfTicks: 0, totalTicks: 5 },
		c: { selfTicks: 2, totalTicks: 2 },
	});
});

it("keeps a frame that was put back apart from the same one sampled", () => {
	const builder = new CallTreeBuilder();
	const parent = builder.child(builder.root, a);
	builder.addSelf(builder.child(parent, b), 1);
	builder.addSelf(builder.child(parent, b, true), 2);
	const tree = builder.build();
	expect(tree.nodes.map(({ selfTicks, putBack }) => [selfTicks, putBack])).toEqual([
		[0, undefined],
		[0, undefined],
		[1, undefined],
		[2, true],
	]);
	expect(functionTicks(tree).find(({ frame: { name } }) => name === "b")?.selfTicks).toBe(3);
});

it("refuses a tick that belongs to nobody", () => {
	expect(() => new CallTreeBuilder().addStack([], 1)).toThrow(RangeError);
});
