import { describe, expect, it } from "vitest";
import { NASTY_LAYER, sampleStack } from "../../../test/fixtures/report/sample-stack.js";
import { SAMPLE_CWD } from "../../../test/fixtures/report/sample-tree.js";
import { renderStack } from "./stack.js";

const style = { color: false, columns: 80, cwd: SAMPLE_CWD };
const text = renderStack(sampleStack(), { name: "fastify", version: "5.12.8" }, style);

describe("the stack in a terminal", () => {
	it("is a tree in the order of registration, with versions and sources", () => {
		const lines = text.split("\n");
		expect(lines[0]).toBe("fastify 5.12.8");
		expect(lines).toContain("├─ request-id  src/app.ts:21  layer (hook)");
		expect(lines).toContain("├─ @fastify/helmet  13.2.0  layer");
		expect(lines).toContain("├─ routes  src/routes/index.ts:3  container");
		expect(lines).toContain("│  └─ @fastify/compress  9.2.0  layer");
		expect(lines).toContain("└─ @fastify/static  off path");
		expect(lines.at(-1)).toBe("13 found, 10 can be switched.");
	});

	it("says what a layer does, needs, and why it stays", () => {
		expect(text).toMatch(/hooks onRequest · decorates reply\.helmet/);
		expect(text).toMatch(/hooks onRequest, onSend · depends on @fastify\/cookie/);
		expect(text).toMatch(
			/└─ @fastify\/static {2}off path\n.*2 routes.*\n +only registers routes, and GET \/metrics is none of them/,
		);
	});

	it("fits 80 columns, and is text whatever a layer is called", () => {
		expect(text.split("\n").filter((line) => [...line].length > 80)).toEqual([]);
		expect(text).toContain(NASTY_LAYER);
		const named = sampleStack()
			.slice(0, 1)
			.map((each) => ({ ...each, name: "\u001b[31mred" }));
		const escaped = renderStack(named, null, style);
		expect(escaped).not.toContain("\u001b");
		expect(escaped).toMatch(/^the target\n/);
	});

	it("shows neighbours that are alike as one", () => {
		const [first] = sampleStack().filter(({ keptIn }) => keptIn?.reason === "off path");
		if (first === undefined) throw new Error("none is off path");
		const alike = Array.from({ length: 26 }, (_, order) => ({
			...first,
			id: `${first.id}#${order}`,
			parent: null,
			order,
		}));
		const other = { ...first, id: "other", name: "other", parent: null, order: 26 };
		const lines = renderStack([...alike, other, { ...first, id: "late", parent: null, order: 27 }], null, style).split(
			"\n",
		);
		expect(lines.filter((line) => /^[├└]/.test(line)).map((line) => line.replace(/ {2}.* {2}| {2}/, ": "))).toEqual([
			`├─ ${first.name}: off path, 26 of them`,
			"├─ other: off path",
			`└─ ${first.name}: off path`,
		]);
		expect(lines.at(-1)).toBe("28 found, 0 can be switched.");
	});

	it("says that nothing was found", () => {
		expect(renderStack([], { name: "fastify", version: "4.0.0" }, style)).toBe("fastify 4.0.0\nNo layers were found.");
	});
});
