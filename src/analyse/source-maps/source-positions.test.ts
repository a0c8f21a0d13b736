import { buildSync, transformSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { CallTreeBuilder, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { Frame } from "#src/model/call-tree.js";
import { openSourceMap, type SourceMap, sourceFile } from "./source-map.js";
import { type MappedScript, retraceFrame, retraceTree } from "./source-positions.js";

const SCRIPT = "/app/dist/server.js";
const source = `interface Work { readonly rounds: number }

export function burn(work: Work): number {
	return work.rounds;
}
export const handle = async (work: Work): Promise<number> => burn(work) + burn(work);
export class Answerer {
	answer(work: Work): number {
		return burn(work);
	}
}
`;
const lineOf = (text: string): number => source.split("\n").findIndex((line) => line.includes(text)) + 1;

/** As V8 says where a function begins: at its parameters, an async arrow function at its keyword. */
function mapped(options: { readonly minify?: boolean; readonly keepNames?: boolean; readonly format?: "iife" }) {
	const { code, map } = transformSync(
		`${source}${options.format === undefined ? "" : "globalThis.a = [handle, Answerer]"}`,
		{
			loader: "ts",
			sourcemap: true,
			sourcefile: "../src/server.ts",
			...options,
		},
	);
	const lines = code.split("\n");
	const script: MappedScript = { map: usable(map, "/app/dist"), lines };
	const at = (name: string, before: string): Frame => {
		const line = lines.findIndex((each) => each.includes(before));
		const column = (lines[line] ?? "").indexOf(before) + before.length;
		return describeFrame({ name, url: SCRIPT, line: line + 1, column: column + 1 });
	};
	return { code, at, written: (frame: Frame) => retraceFrame(frame, (file) => (file === SCRIPT ? script : undefined)) };
}

function usable(text: string, folder: string | null): SourceMap {
	const opened = openSourceMap(text, folder);
	if (opened.kind === "unusable") throw new Error(opened.why);
	return opened.map;
}

const whyNot = (map: unknown): string => {
	const opened = openSourceMap(typeof map === "string" ? map : JSON.stringify(map), "/app/dist");
	return opened.kind === "unusable" ? opened.why : "usable";
};

describe("a function is shown where it was written", () => {
	it("as it stands in a bundle", () => {
		const { at, written } = mapped({});
		expect(written(at("burn", "function burn"))).toMatchObject({
			name: "burn",
			file: "/app/src/server.ts",
			line: lineOf("function burn"),
			kind: "app",
		});
		expect(written(at("handle", "const handle = "))).toMatchObject({ name: "handle", line: lineOf("handle =") });
		expect(written(at("answer", "  answer"))).toMatchObject({ name: "answer", line: lineOf("answer(") });
	});

	it("under the name it was given, where a minifier took it", () => {
		const { code, at, written } = mapped({ minify: true, format: "iife" });
		const [, burn = ""] = /function (\w+)\(/.exec(code) ?? [];
		const [, handle = ""] = /(\w+)=async/.exec(code) ?? [];
		expect([burn.length, handle.length]).toEqual([1, 1]);
		expect(written(at(burn, `function ${burn}`))).toMatchObject({ name: "burn", line: lineOf("function burn") });
		expect(written(at(handle, `${handle}=`))).toMatchObject({ name: "handle", line: lineOf("handle =") });
		// The parameter that begins an arrow function has a name in the map too, and it is not the function's.
		expect(written(at("(anonymous)", `${handle}=async `))).toMatchObject({ name: "(anonymous)" });
	});

	it("under its name, where a helper of esbuild hides it from V8", () => {
		const { at, written } = mapped({ keepNames: true, format: "iife" });
		expect(written(at("(anonymous)", "__name("))).toMatchObject({ name: "(anonymous)" });
		expect(written(at("(anonymous)", "handle = /* @__PURE__ */ __name("))).toMatchObject({ line: lineOf("handle =") });
	});

	it("and stays where it runs, where the map knows nothing of it", () => {
		const { at, written } = mapped({});
		const burn = at("burn", "function burn");
		expect(written({ ...burn, line: 4_000 })).toMatchObject({ file: SCRIPT, line: 4_000 });
		const elsewhere = { ...burn, file: "/app/other.js" };
		expect(written(elsewhere)).toBe(elsewhere);
		expect(written({ ...burn, line: null, column: null })).toMatchObject({ file: SCRIPT });
	});
});

describe("a whole tree", () => {
	const map = usable(
		JSON.stringify({
			version: 3,
			sources: ["../src/app.ts", "../node_modules/@scope/lib/index.js"],
			names: [],
			// Lines 1 and 2 to app.ts:1, line 3 to the package.
			mappings: "AAAA;AAAA;ACAA",
		}),
		"/app/dist",
	);
	const at = (line: number, name = "run"): Frame => describeFrame({ name, url: SCRIPT, line, column: 1 });

	it("keeps its ticks, knows whose code it is, and joins what becomes one function", () => {
		const builder = new CallTreeBuilder();
		builder.addStack([at(1), at(3, "lib")], 2);
		builder.addStack([at(2), at(3, "lib")], 3);
		builder.addSelf(builder.child(builder.child(builder.root, at(1)), at(3, "lib"), true), 1);
		const { tree, functions, scripts } = retraceTree(builder.build(), () => ({ map, lines: null }));
		expect([functions, scripts, totalTicks(tree)]).toEqual([3, 1, 6]);
		expect(tree.frames.map(({ file, kind, package: owner }) => [file, kind, owner])).toEqual([
			[null, "native", null],
			["/app/src/app.ts", "app", null],
			["/app/node_modules/@scope/lib/index.js", "dependency", "@scope/lib"],
		]);
		// What was put back stays apart from what was sampled.
		expect(tree.nodes.map(({ selfTicks, putBack }) => [selfTicks, putBack])).toEqual([
			[0, undefined],
			[0, undefined],
			[5, undefined],
			[1, true],
		]);
	});

	it("is the very same without maps", () => {
		const builder = new CallTreeBuilder();
		builder.addStack([at(1)], 2);
		const tree = builder.build();
		expect(retraceTree(tree, () => undefined)).toEqual({ tree, functions: 0, scripts: 0 });
	});
});

describe("a source's name", () => {
	it.each([
		["../src/a.ts", null, "/app/dist", "/app/src/a.ts"],
		["a.ts", "/build/", "/app/dist", "/build/a.ts"],
		["../../../../../../etc/passwd", null, "/app/dist", "/etc/passwd"],
		["../../a.ts", null, null, "a.ts"],
		["/home/ci/x/../a.ts", null, "/app/dist", "/home/ci/a.ts"],
		["file:///home/ci/a.ts", "ignored", "/app/dist", "/home/ci/a.ts"],
		["https://example.org/a.ts", null, "/app/dist", "https://example.org/a.ts"],
		["webpack://shop/./src/a.ts", null, "/app/dist", "src/a.ts"],
		["webpack:///../node_modules/lib/a.js", null, "/app/dist", "node_modules/lib/a.js"],
		["", null, "/app/dist", null],
		[null, null, "/app/dist", null],
	])("%s in %s of %s", (name, root, folder, file) => {
		expect(sourceFile(name, root, folder)).toBe(file);
	});
});

describe("a map that cannot be used says why, and nothing of what is in the file", () => {
	const whole = { version: 3, sources: ["a.ts"], names: [], mappings: "AAAA" };
	it.each([
		["root:x:0:0:root:/root:/bin/sh", "it is cut short or not JSON"],
		[JSON.stringify(whole).slice(0, -9), "it is cut short or not JSON"],
		["[1]", "it is not a source map"],
		[{ ...whole, version: 2 }, "it is not a source map of version 3"],
		[{ ...whole, mappings: undefined }, "it has no mappings or no sources"],
		[{ ...whole, mappings: "AAAA,CCAA" }, "its mappings are cut short or damaged"],
		[{ ...whole, mappings: "AADA" }, "its mappings are cut short or damaged"],
		[
			{ ...whole, mappings: "AAgBA", sourcesContent: ["one line"] },
			"it points beyond the end of a source: it is of another build",
		],
		[`)]}'\n${JSON.stringify(whole)}`, "usable"],
	])("%j", (map, why) => {
		expect(whyNot(map)).toBe(why);
	});

	it("a map of sections is used", () => {
		const sections = [
			{ offset: { line: 0, column: 0 }, map: whole },
			{ offset: { line: 5, column: 0 }, map: { ...whole, sources: ["b.ts"] } },
		];
		const map = usable(JSON.stringify({ version: 3, sections }), "/app/dist");
		expect(map.placeOf(1, 1)).toEqual({ file: "/app/dist/a.ts", line: 1, column: 1 });
		expect(map.placeOf(6, 3)).toEqual({ file: "/app/dist/b.ts", line: 1, column: 1 });
		expect(map.placeOf(9, 1)).toBeNull();
	});
});

it("a package in a bundle is a dependency", () => {
	const { outputFiles } = buildSync({
		stdin: { contents: 'import plugin from "fastify-plugin"; console.log(plugin)', resolveDir: process.cwd() },
		bundle: true,
		platform: "node",
		sourcemap: "external",
		outfile: "dist/out.js",
		write: false,
	});
	const [map, code] = outputFiles.map(({ text }) => text);
	const opened = usable(map ?? "", `${process.cwd()}/dist`);
	const lines = code?.split("\n") ?? [];
	const line = lines.findIndex((each) => each.includes("function toCamelCase(")) + 1;
	const column = (lines[line - 1] ?? "").indexOf("toCamelCase(") + "toCamelCase(".length;
	const frame = retraceFrame(describeFrame({ name: "toCamelCase", url: SCRIPT, line, column }), () => ({
		map: opened,
		lines,
	}));
	expect(frame).toMatchObject({ name: "toCamelCase", kind: "dependency", package: "fastify-plugin" });
	expect(frame.file).toMatch(/node_modules\/fastify-plugin\/lib\/toCamelCase\.js$/);
});
