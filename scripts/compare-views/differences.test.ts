import { expect, it } from "vitest";
import { areEqual, type Drawn, differenceOf, type Pair, tableOf } from "./differences.js";

const drawn = (kind: string, content: string, rest: Partial<Drawn> = {}): Drawn => ({
	kind,
	of: "a run",
	code: 0,
	content: Buffer.from(content),
	said: "",
	...rest,
});
const pair = (before: Drawn, after: Drawn): Pair => ({ before, after });

const same = pair(drawn("JSON", "{}"), drawn("JSON", "{}"));
const refused = pair(drawn("JSON", "", { code: 2, said: "no" }), drawn("JSON", "", { code: 2, said: "no" }));
const other = pair(drawn("terminal", "one\ntwo\nthree\n"), drawn("terminal", "one\n2\nthree\n"));

it("is equal where content, exit code and what was said beside are", () => {
	expect([same, refused, other].map(areEqual)).toEqual([true, true, false]);
	expect(areEqual(pair(drawn("JSON", "{}"), drawn("JSON", "{}", { code: 1 })))).toBe(false);
	expect(areEqual(pair(drawn("JSON", "{}"), drawn("JSON", "{}", { said: "a word" })))).toBe(false);
});

it("is counted by kind of view, what neither build draws apart", () => {
	expect(tableOf([same, refused, other])).toEqual([
		"| view | equal | of these refused | different |",
		"| --- | --- | --- | --- |",
		"| JSON | 2 | 1 | 0 |",
		"| terminal | 0 | 0 | 1 |",
		"| all | 2 | 1 | 1 |",
	]);
});

it("shows the first lines of what differs, one value of JSON a line, also inside of a page", () => {
	const lines = differenceOf(other, 20);
	expect(lines).toEqual(expect.arrayContaining(["-two", "+2"]));
	expect(lines.filter((line) => /^[-+]/.test(line))).toHaveLength(2);
	const page = (p50: number): Drawn =>
		drawn("page", `<h1>A</h1><script type="application/json" id="data">{"a":1,"p50":${p50}}</script>`);
	expect(differenceOf(pair(page(1), page(2)), 20)).toEqual(expect.arrayContaining(['-\t"p50": 1', '+\t"p50": 2']));
});

it("says how much more there is, and cuts what is endless", () => {
	const numbered = (from: number): string => Array.from({ length: 30 }, (_, index) => `${from + index}\n`).join("");
	const long = differenceOf(pair(drawn("terminal", numbered(0)), drawn("terminal", numbered(100))), 5);
	expect(long).toHaveLength(6);
	expect(long.at(-1)).toMatch(/^… \d+ lines more$/);
	const wide = differenceOf(pair(drawn("hgrm", "a".repeat(9_999)), drawn("hgrm", "b".repeat(9_999))), 5);
	expect(Math.max(...wide.map((line) => line.length))).toBeLessThan(300);
});
