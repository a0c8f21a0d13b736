import { describe, expect, it } from "vitest";
import type { Hunk } from "./difference-hunks.js";
import { splitByCommit } from "./split-hunk.js";

const hunk = (removed: readonly string[], added: readonly string[]): Hunk => ({
	...{ baseFile: "a.js", headFile: "a.js", removed, added },
	base: { from: removed.length === 0 ? 9 : 10, lines: removed.length },
	head: { from: added.length === 0 ? 19 : 20, lines: added.length },
});
const byLine = (commits: string) => (line: number) => commits[line - 20] ?? "";
const told = (hunks: readonly Hunk[]) => hunks.map(({ base, head }) => [base.from, base.lines, head.from, head.lines]);

describe("a hunk of several commits", () => {
	const whole = hunk(
		["const items = [1, 2, 3];", 'app.get("/", () => items);', "app.listen({ port });"],
		[
			"const items = [1, 2, 4];",
			'app.get("/health", () => "ok");',
			'app.get("/", () => clone(items));',
			'const host = "127.0.0.1";',
			"app.listen({ port, host });",
		],
	);

	it("is one a commit, lines of base with those that look like them", () => {
		const parts = splitByCommit(whole, byLine("abcdd"));
		expect(told(parts)).toEqual([
			[10, 1, 20, 1],
			[10, 0, 21, 1],
			[11, 1, 22, 1],
			[12, 1, 23, 2],
		]);
		expect(parts.flatMap(({ removed }) => removed)).toEqual(whole.removed);
		expect(parts.flatMap(({ added }) => added)).toEqual(whole.added);
	});

	it("of lines that only came takes none of base", () => {
		expect(told(splitByCommit(hunk([], ["a", "b", "c"]), byLine("xxy")))).toEqual([
			[9, 0, 20, 2],
			[9, 0, 22, 1],
		]);
	});

	it("stays whole where one commit brought it, or nothing is left of it", () => {
		expect(splitByCommit(whole, byLine("aaaaa"))).toEqual([whole]);
		const gone = hunk(["a", "b"], []);
		expect(splitByCommit(gone, byLine(""))).toEqual([gone]);
	});
});
