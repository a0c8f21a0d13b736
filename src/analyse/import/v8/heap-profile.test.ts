import { describe, expect, it } from "vitest";
import { functionTicks } from "#src/analyse/call-tree/call-tree.js";
import { functionObjects, heapCallTree, parseCountedHeapProfile, parseHeapProfile } from "./heap-profile.js";

const frame = (functionName: string, url = "file:///srv/app.js", lineNumber = 4) => ({
	functionName,
	url,
	lineNumber,
	columnNumber: 10,
});
const node = (id: number, callFrame: ReturnType<typeof frame>, selfSize: number, children: unknown[] = []) => ({
	id,
	callFrame,
	selfSize,
	children,
});
const profile = {
	head: node(1, frame("(root)", "", -1), 1_000, [
		node(2, frame("handler"), 2_000, [node(3, frame("copy", "file:///srv/copy.js"), 4_000)]),
		node(4, frame("copy", "file:///srv/copy.js"), 1_000),
		node(5, frame("(V8 API)", "", -1), 2_000),
	]),
	counts: { 2: 20, 3: 400, 4: 100 },
};

describe("a heap profile", () => {
	it("becomes a call tree whose ticks are samples", () => {
		const { tree, ticks } = heapCallTree([{ profile: parseHeapProfile(profile), process: null }], 1_000);
		expect(ticks).toMatchObject({ total: 10, busy: 10, unknown: 3 });
		expect(functionTicks(tree).map(({ frame: { name, line }, selfTicks }) => [name, line, selfTicks])).toEqual([
			["copy", 5, 5],
			["handler", 5, 2],
			["(V8 API)", null, 2],
			["(outside of JavaScript)", null, 1],
		]);
	});

	it("tells bytes and objects of each function", () =>
		expect(
			functionObjects([parseCountedHeapProfile(profile)]).map(({ frame: { name }, objects, bytes }) => [
				name,
				objects,
				bytes,
			]),
		).toEqual([
			["copy", 500, 5_000],
			["(V8 API)", 0, 2_000],
			["handler", 20, 2_000],
			["(outside of JavaScript)", 0, 1_000],
		]));

	it.each<[string, unknown, RegExp]>([
		["something else", [], /not a \.heapprofile/],
		["no sample", { head: node(1, frame("(root)", "", -1), 0) }, /has no sample/],
		["a node without a size", { head: { ...node(1, frame("x"), 0), selfSize: "9" } }, /wrong selfSize/],
	])("refuses %s", (_, json, why) => {
		expect(() => parseHeapProfile(json)).toThrow(why);
	});

	it("refuses a cycle instead of following it", () => {
		const head = node(1, frame("(root)", "", -1), 1);
		head.children.push(head);
		expect(() => parseHeapProfile({ head })).toThrow(/a node is its own caller/);
	});
});
