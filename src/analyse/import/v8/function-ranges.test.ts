import { describe, expect, test } from "vitest";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import { ownsLine, parseFunctionRanges } from "./function-ranges.js";

const range = (name: string, startLine: number, startColumn: number, endLine: number, endColumn: number): object => ({
	name,
	startLine,
	startColumn,
	endLine,
	endColumn,
});

const ranges = parseFunctionRanges({
	scripts: [
		{
			url: "file:///app/a.js",
			functions: [
				range("", 1, 1, 60, 1),
				range("inner", 20, 9, 30, 3),
				range("outer", 10, 1, 40, 2),
				range("first", 1, 1, 3, 2),
			],
		},
	],
});

const frame = (name: string, line: number, column: number) =>
	describeFrame({ name, url: "file:///app/a.js", line, column });

describe("the range of a function", () => {
	test("is the innermost one around the place that V8 gives", () => {
		expect(ranges.of(frame("inner", 20, 23))).toMatchObject({ startLine: 20, endLine: 30 });
		expect(ranges.of(frame("outer", 10, 15))).toMatchObject({ startLine: 10, endLine: 40 });
	});

	test("tells a script's top-level code from its first function", () => {
		expect(ranges.of(frame("", 1, 1))).toMatchObject({ name: "", endLine: 60 });
		expect(ranges.of(frame("first", 1, 15))).toMatchObject({ name: "first", endLine: 3 });
	});

	test("is unknown for files that were not loaded and for functions without a source", () => {
		expect(ranges.of(describeFrame({ name: "f", url: "file:///app/b.js", line: 1, column: 1 }))).toBeNull();
		expect(ranges.of(describeFrame({ name: "writev", url: "", line: null, column: null }))).toBeNull();
	});
});

test("a function owns its lines, except those wholly inside a function within it", () => {
	const outer = ranges.of(frame("outer", 10, 15));
	if (outer === null) throw new Error("outer is not found");
	const owned = [9, 10, 19, 20, 21, 29, 30, 31, 40, 41].filter((line) => ownsLine(outer, line));
	expect(owned).toEqual([10, 19, 20, 30, 31, 40]);
});
