import { describe, expect, it } from "vitest";
import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { selfTicksOf, sharesAmong, withoutPutBack } from "../../../../test/support/inlined-shares.js";
import { readRecording } from "../../../../test/support/zero-x-recording.js";
import { InlinedFunctions } from "./inlined.js";
import type { PreprocessedLog } from "./preprocessed.js";
import { ticksOfWindow } from "./ticks.js";

// `outer` holds `middle`, which holds `inner`; further on `outer` holds `inner` itself and one that nobody knows.
const source = {
	positions: "C0O100C10O20I0C20O5I1C30O21I0C40O110C50O6I2C60O300I3",
	inlined: "F1O105F0O25I0F0O112F2O114",
	fns: [7, 4, null],
};

describe("InlinedFunctions", () => {
	const inlined = new InlinedFunctions(source);
	it.each([
		["before anything inlined", 0, []],
		["right before the first inlined instruction", 9, []],
		["at the first inlined instruction", 10, [4]],
		["in a function that was inlined into an inlined one", 20, [4, 7]],
		["up to the next place", 29, [4, 7]],
		["back in the function that held it", 30, [4]],
		["back in the outermost function", 45, []],
		["in the same function, inlined a second time elsewhere", 50, [7]],
		["in a function that is not known, at the end of the code", 9_999, [null]],
	])("tells who runs %s", (_where, offset, chain) => {
		expect(inlined.at(offset)).toEqual(chain);
	});

	it("says nothing about code in which nothing was inlined", () => {
		expect(new InlinedFunctions({ positions: "C0O1C8O2", inlined: "", fns: [] }).at(8)).toEqual([]);
	});

	it("ends on inlinings that hold each other", () => {
		const circular = new InlinedFunctions({ positions: "C0O1I0", inlined: "F0O1I1F1O1I0", fns: [1, 2] });
		expect(circular.at(4)).toEqual([1]);
	});
});

describe("ticksOfWindow", () => {
	const log: Omit<PreprocessedLog, "ticks"> = {
		code: [
			{ name: "outer /app/server.js:1:1", type: "JS", kind: "Opt", source },
			{ name: "writev@@GLIBC_2.2.5", type: "CPP" },
			{ name: "LoadIC", type: "CODE", kind: "Builtin" },
			{ name: "leaf /app/leaf.js:3:1", type: "JS", kind: "Sparkplug" },
		],
		functions: ["", "", "", "", "middle /app/m.js:5:10", "", "", "inner /app/node_modules/i/i.js:7:1"].map((name) => ({
			name,
		})),
	};
	const read = (...stacks: number[][]) => {
		const ticks = stacks.map((s) => ({ tm: 10, vm: 0, s }));
		const logged = ticks.map(({ tm }) => ({ atUs: tm, length: 100 }));
		return ticksOfWindow({ ...log, ticks }, logged, { fromUs: 0, toUs: 100 }, () => undefined);
	};
	const selfOf = (result: ReturnType<typeof read>) =>
		Object.fromEntries(functionTicks(result.tree).map(({ frame, selfTicks }) => [frame.name, selfTicks]));

	it("charges a tick to the innermost inlined function, below those that hold it", () => {
		const result = read([0, 25], [0, 5]);
		expect(selfOf(result)).toEqual({ outer: 1, middle: 0, inner: 1 });
		const names = result.tree.nodes.map(({ frame, putBack = false }) => [result.tree.frames[frame]?.name, putBack]);
		expect(names).toEqual([
			["(root)", false],
			["outer", false],
			["middle", true],
			["inner", true],
		]);
		expect(result.tree.nodes.map(({ parent }) => parent)).toEqual([-1, 0, 1, 2]);
		expect(result.tree.frames.at(-1)).toMatchObject({ line: 7, kind: "dependency", package: "i" });
		expect(result.ticks).toMatchObject({ busy: 2, putBack: 1 });
	});

	it("takes a caller's place from its call, not from the instruction that it returns to", () => {
		// The call is the last instruction of `middle`; it returns to 20, where `inner` begins.
		const result = read([3, 0, 0, 20]);
		expect(selfOf(result)).toEqual({ outer: 0, middle: 0, leaf: 1 });
		expect(result.ticks.putBack).toBe(0);
	});

	it("gives V8's machinery to the inlined function that it works for, but native code a frame of its own", () => {
		const result = read([2, 0, 0, 25], [1, 0, 0, 25]);
		expect(selfOf(result)).toEqual({ outer: 0, middle: 0, inner: 1, writev: 1 });
		expect(result.ticks.putBack).toBe(1);
		expect(result.machinery).toBe(1);
	});

	it("leaves with the caller, and counts, what is of a function that the log does not name", () => {
		const result = read([0, 70]);
		expect(selfOf(result)).toEqual({ outer: 1 });
		expect(result.inlineesUnknown).toBe(1);
		expect(result.ticks.putBack).toBe(0);
	});
});

describe("a recording of a hook that V8 inlined into Fastify", () => {
	const { result, spentMs } = readRecording("inlined-hook");
	const names = ["burnInHook", "shortAnswer"];
	const [truth = Number.NaN] = sharesAmong(names, (name) => spentMs[name] ?? Number.NaN);

	it("charges the hook with its own time by the app's clock, within 5 points", () => {
		const [hook = Number.NaN] = sharesAmong(names, (name) => selfTicksOf(result.tree, name));
		expect(Math.abs(hook - truth)).toBeLessThan(0.05);
	});

	it("finds next to nothing of it when inlined functions stay with their callers", () => {
		const plain = withoutPutBack(result.tree);
		expect(selfTicksOf(plain, "burnInHook")).toBeLessThan(selfTicksOf(result.tree, "burnInHook") / 10);
		expect(totalTicks(plain)).toBe(totalTicks(result.tree));
		expect(result.ticks.putBack).toBeGreaterThan(0.1 * result.ticks.busy);
		expect(result.inlineesUnknown).toBe(0);
	});
});
