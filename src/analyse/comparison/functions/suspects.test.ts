import { describe, expect, it } from "vitest";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import { ownersOf } from "./suspects.js";

const at = (line: number, file = "/app/server.js") =>
	describeFrame({ name: `f${line}`, url: `file://${file}`, line, column: 1 });

describe("functions that own changed lines", () => {
	const frames = [at(10), at(30), null, at(20), at(15, "/app/other.js")];

	it("are those from whose first line to the next function's a line changed", () => {
		expect(ownersOf(frames, [{ file: "/app/server.js", from: 12, to: 12 }])).toEqual(new Set([0]));
		expect(ownersOf(frames, [{ file: "/app/server.js", from: 19, to: 20 }])).toEqual(new Set([0, 3]));
		expect(ownersOf(frames, [{ file: "/app/server.js", from: 400, to: 401 }])).toEqual(new Set([1]));
	});

	it("are none before the first function, in another file, or without a source", () => {
		expect(ownersOf(frames, [{ file: "/app/server.js", from: 1, to: 9 }])).toEqual(new Set());
		expect(ownersOf(frames, [{ file: "/app/third.js", from: 12, to: 12 }])).toEqual(new Set());
		expect(ownersOf([describeFrame({ name: "writev", url: "", line: null, column: null })], [])).toEqual(new Set());
	});
});
