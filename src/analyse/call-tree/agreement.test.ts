import { expect, it } from "vitest";
import { agreementOf } from "./agreement.js";
import { CallTreeBuilder } from "./call-tree.js";
import { describeFrame } from "./frame-kind.js";

const treeOf = (ticks: Record<string, number>, column = 1) => {
	const builder = new CallTreeBuilder();
	for (const [name, count] of Object.entries(ticks)) {
		const [file, fn] = name.split("#");
		const url = file === "" ? "" : `file:///${file}`;
		builder.addStack([describeFrame({ name: fn ?? "", url, line: 1, column })], count);
	}
	return builder.build();
};

it("is 1 for equal shares, whatever the number of ticks and the columns", () => {
	const agreement = agreementOf(treeOf({ "a.js#f": 30, "b.js#g": 10 }), treeOf({ "a.js#f": 3, "b.js#g": 1 }, 9));
	expect(agreement.selfOverlap).toBeCloseTo(1, 12);
	expect(agreement.packageOverlap).toBeCloseTo(1, 12);
});

it("is the sum of the smaller shares", () => {
	const { selfOverlap } = agreementOf(treeOf({ "a.js#f": 7, "b.js#g": 3 }), treeOf({ "a.js#f": 5, "c.js#h": 5 }));
	expect(selfOverlap).toBeCloseTo(0.5, 12);
});

it("knows packages where functions differ", () => {
	const agreement = agreementOf(
		treeOf({ "node_modules/p/a.js#f": 1, "x.js#g": 1 }),
		treeOf({ "node_modules/p/b.js#h": 1, "y.js#i": 1 }),
	);
	expect(agreement.selfOverlap).toBe(0);
	expect(agreement.packageOverlap).toBeCloseTo(1, 12);
});

it("counts native code for the caller, so that a profiler that does not show it agrees", () => {
	const source = describeFrame({ name: "f", url: "file:///a.js", line: 1, column: 1 });
	const native = describeFrame({ name: "writev", url: "", line: null, column: null });
	const [shown, charged] = [new CallTreeBuilder(), new CallTreeBuilder()];
	shown.addStack([source], 1);
	shown.addStack([source, native], 3);
	charged.addStack([source], 4);
	expect(agreementOf(shown.build(), charged.build()).selfOverlap).toBeCloseTo(1, 12);
});

it("leaves out what has no source, and is 0 where nothing is left", () => {
	const state = treeOf({ "#(garbage collector)": 5 });
	expect(agreementOf(state, state)).toEqual({ selfOverlap: 0, packageOverlap: 0 });
	expect(agreementOf(treeOf({ "a.js#f": 1, "#(program)": 9 }), treeOf({ "a.js#f": 1 })).selfOverlap).toBeCloseTo(1, 12);
});
