import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sampleFolder, writeFiles } from "../../test/fixtures/sample-repository.js";
import { openSides } from "./open-sides.js";
import { parseCommandLine, parseEnvironment } from "./parse-sides.js";
import type { SideRequest } from "./side-request.js";
import { startScriptOf } from "./start-script.js";

const open = (request: SideRequest, signal = new AbortController().signal) =>
	openSides(request, { signal, say: () => {}, logFolder: "/nowhere" });

describe("two commands", () => {
	it("run as they are in the current folder", async () => {
		const { sides, notes } = await open({ kind: "commands", base: ["node", "a"], head: ["deno", "b"], cwd: "/x" });
		expect(notes).toEqual([]);
		expect(sides.map(({ spec }) => spec)).toEqual([
			{ kind: "command", argv: ["node", "a"], env: {}, cwd: "/x", port: null },
			{ kind: "command", argv: ["deno", "b"], env: {}, cwd: "/x", port: null },
		]);
		expect(sides[1].side).toEqual({
			...{ name: "head", label: "deno b", argv: ["deno", "b"], cwd: "/x" },
			...{ commit: null, dirty: false, envNames: [] },
		});
	});

	it("have their code where their scripts are, where these lie in two folders, and still run in the current one", async () => {
		const cwd = sampleFolder();
		writeFiles(cwd, { "old/server.js": "", "new/server.js": "", "other.js": "" });
		const folders = async (base: string, head: string) => {
			const request: SideRequest = { kind: "commands", base: ["node", base], head: ["node", head], cwd };
			const { sides } = await open(request);
			expect(sides.map(({ spec }) => spec.cwd)).toEqual([cwd, cwd]);
			return sides.map(({ side }) => side.cwd);
		};
		expect(await folders("old/server.js", "new/server.js")).toEqual([join(cwd, "old"), join(cwd, "new")]);
		expect(await folders("old/server.js", "old/server.js")).toEqual([cwd, cwd]);
		expect(await folders("nothing.js", "other.js")).toEqual([cwd, cwd]);
	});

	it("that are one are said to be", async () => {
		const { notes } = await open({ kind: "commands", base: ["node", "a"], head: ["node", "a"], cwd: "/x" });
		expect(notes.map(({ code }) => code)).toEqual(["SAME_START"]);
	});

	it("are not opened after an abort", async () => {
		const request: SideRequest = { kind: "commands", base: ["a"], head: ["b"], cwd: "/" };
		await expect(open(request, AbortSignal.abort(new Error("Ctrl-C")))).rejects.toThrow("Ctrl-C");
	});
});

describe("two environments", () => {
	it("that are one, as with a variable set alike twice, are said to be", async () => {
		const request = { kind: "environments", argv: ["node", "a"], cwd: "/x" } as const;
		const alike = await open({ ...request, baseEnv: { A: "1", B: "2" }, headEnv: { B: "2", A: "1" } });
		expect(alike.notes.map(({ code }) => code)).toEqual(["SAME_START"]);
		expect((await open({ ...request, baseEnv: { A: "1" }, headEnv: {} })).notes).toEqual([]);
	});

	it("name what differs, and show no value", async () => {
		const { sides } = await open({
			kind: "environments",
			argv: ["node", "a"],
			baseEnv: { SAME: "1", KEY: "old-secret" },
			headEnv: { SAME: "1", KEY: "new-secret", EXTRA: "" },
			cwd: "/x",
		});
		expect(sides.map(({ side }) => side.envNames)).toEqual([
			["KEY", "EXTRA"],
			["KEY", "EXTRA"],
		]);
		expect(sides.map(({ side }) => side.label)).toEqual(["node a with KEY", "node a with KEY, EXTRA"]);
		expect(sides[1].spec.env).toEqual({ SAME: "1", KEY: "new-secret", EXTRA: "" });
		expect(JSON.stringify(sides.map(({ side }) => side))).not.toContain("secret");
	});
});

describe("a command line", () => {
	it.each([
		["node server.js", ["node", "server.js"]],
		[` node  "a b.js" --c='d "e"' ''`, ["node", "a b.js", '--c=d "e"', ""]],
	])("is split at blanks: %s", (text, words) => {
		expect(parseCommandLine(text, "--base-cmd")).toEqual(words);
	});

	it.each(["", "  ", "''", `node "a`, "it's"])("that is none is refused: %s", (text) => {
		expect(() => parseCommandLine(text, "--base-cmd")).toThrow(/^--base-cmd (is empty|has a quotation mark)/);
	});
});

describe("NAME=value", () => {
	it.each([
		["A=b", ["A", "b"]],
		["_a1==c=d\ne", ["_a1", "=c=d\ne"]],
		["A=", ["A", ""]],
	])("%s", (text, pair) => {
		expect(parseEnvironment(text, "--base-env")).toEqual(pair);
	});

	it.each(["A", "=b", "1A=secret", "A B=secret"])("%s is refused without its value", (text) => {
		expect(() => parseEnvironment(text, "--base-env")).toThrow(/^--base-env "[^=]*" is not NAME=value/);
	});
});

describe("the start script", () => {
	it.each([
		["node server.js", ["node", "server.js"]],
		["node --max-old-space-size=200 'a b.js'", ["node", "--max-old-space-size=200", "a b.js"]],
		["node server.js | pino-pretty", ["npm", "start"]],
		["node server.js --port $PORT", ["npm", "start"]],
		["NODE_ENV=production node server.js", ["npm", "start"]],
		["node a\\ b.js", ["npm", "start"]],
		["node it's.js", ["npm", "start"]],
		["fastify start app.js", ["npm", "start"]],
	])("%s", (start, argv) => {
		const folder = sampleFolder();
		writeFiles(folder, { "package.json": { scripts: { start } } });
		expect(startScriptOf(folder, "main")).toEqual(argv);
	});

	it("with something to run before it is npm's", () => {
		const folder = sampleFolder();
		writeFiles(folder, { "package.json": { scripts: { prestart: "tsc", start: "node a" } } });
		expect(startScriptOf(folder, "main")).toEqual(["npm", "start"]);
	});

	it.each(["{}", "null", "{", '{"scripts":{"start":" "}}'])("is missed in %s", (text) => {
		const folder = sampleFolder();
		writeFiles(folder, { "package.json": text });
		expect(() => startScriptOf(folder, "main")).toThrow("package.json of main has no start script");
	});
});
