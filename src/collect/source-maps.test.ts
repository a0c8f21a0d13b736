import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { CallTree } from "#src/model/call-tree.js";
import type { AgentConnection, RunningTarget } from "#src/target/target.js";
import { SourceMaps } from "./source-maps.js";

const folder = mkdtempSync(join(tmpdir(), "az-prof-maps-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const map = JSON.stringify({ version: 3, sources: ["../src/app.ts"], names: ["work"], mappings: "AAEAA" });
const inline = `data:application/json;base64,${Buffer.from(map).toString("base64")}`;
const path = (name: string): string => join(folder, name);

function script(name: string, lastLine: string): string {
	writeFileSync(path(name), `a = 1;\n${lastLine}\n`);
	return path(name);
}

const treeIn = (file: string): CallTree => {
	const builder = new CallTreeBuilder();
	builder.addStack([describeFrame({ name: "a", url: file, line: 1, column: 1 })], 1);
	return builder.build();
};

const retraced = (file: string, maps = new SourceMaps(folder)) => maps.retrace(treeIn(file));
const placed = { tree: { frames: [{}, { name: "work", file: join(folder, "../src/app.ts"), line: 3 }] }, functions: 1 };

/** The very target as far as it is asked: its answer is a file. */
function answering(scripts: readonly object[] | null): RunningTarget {
	const agent = {
		isolate: { kind: "process", script: "server.js" },
		connected: true,
		isStuck: false,
		call: async (_: string, params?: { file?: string }) => {
			if (scripts === null) throw new Error("it is gone");
			writeFileSync(params?.file ?? "", JSON.stringify({ scripts }));
		},
	} as unknown as AgentConnection;
	return { agent, agents: { now: () => [agent], onJoin: () => () => {} } } as unknown as RunningTarget;
}

describe("a map is found", () => {
	it("in the script and beside it, by the script's last line", async () => {
		expect(await retraced(script("inline.js", `//# sourceMappingURL=${inline}`))).toMatchObject(placed);
		writeFileSync(path("out side.map"), map);
		expect(await retraced(script("external.js", "//# sourceMappingURL=out%20side.map"))).toMatchObject(placed);
		const url = pathToFileURL(path("out side.map")).href;
		expect(await retraced(script("url.js", `//# sourceMappingURL=${url}`))).toMatchObject(placed);
	});

	it("where the target says that V8 holds it, whatever is on disk", async () => {
		const maps = new SourceMaps(folder);
		const file = script("in-memory.js", "");
		await maps.ask(answering([{ url: pathToFileURL(file).href, loadedAs: file, sourceMapUrl: inline, source: "a=1" }]));
		expect(await retraced(file, maps)).toMatchObject(placed);
	});

	it("for a script that has given itself another name, beside the file it was loaded from", async () => {
		const maps = new SourceMaps(folder);
		writeFileSync(path("renamed.map"), map);
		const loadedAs = script("renamed.js", "");
		await maps.ask(answering([{ url: "app:///server", loadedAs, sourceMapUrl: "renamed.map", source: null }]));
		expect(await retraced("app:///server", maps)).toMatchObject({ ...placed, tree: { frames: [{}, { line: 3 }] } });
	});

	it("on disk, where the target could not be asked", async () => {
		const maps = new SourceMaps(folder);
		await maps.ask(answering(null));
		expect(await retraced(script("no-answer.js", `//# sourceMappingURL=${inline}`), maps)).toMatchObject(placed);
	});

	it("for an installed package only where it was transpiled at run time", async () => {
		mkdirSync(path("node_modules/lib"), { recursive: true });
		const file = script("node_modules/lib/index.js", `//# sourceMappingURL=${inline}`);
		expect(await retraced(file)).toMatchObject({ functions: 0, unusable: [] });
		const own = JSON.stringify({ version: 3, sources: ["index.js"], names: [], mappings: "AAEA" });
		const sourceMapUrl = `data:application/json,${encodeURIComponent(own)}`;
		const maps = new SourceMaps(folder);
		await maps.ask(answering([{ url: file, loadedAs: null, sourceMapUrl, source: null }]));
		expect(await retraced(file, maps)).toMatchObject({ functions: 1, tree: { frames: [{}, { file, line: 3 }] } });
	});
});

describe("a map that cannot be used leaves functions as they run, and is named", () => {
	const cases: [string, string, () => void, RegExp][] = [
		["missing", "missing.map", () => {}, /missing/],
		["cut short", "cut.map", () => writeFileSync(path("cut.map"), map.slice(0, 30)), /cut short/],
		["on a network", "https://user:secret@example.org/app.map", () => {}, /network/],
		["of another scheme", "app:///app.map", () => {}, /not said/],
		["a folder", ".", () => {}, /regular/],
		["a pipe", "pipe.map", () => execFileSync("mkfifo", [path("pipe.map")]), /regular/],
		[
			"too large",
			"large.map",
			() => {
				writeFileSync(path("large.map"), "");
				truncateSync(path("large.map"), 51 * 1024 ** 2);
			},
			/larger/,
		],
		["any other file", "/etc/passwd", () => {}, /not JSON/],
		["a damaged data: URL", "data:application/json", () => {}, /damaged/],
	];
	it.each(cases)("%s", async (name, url, prepare, why) => {
		prepare();
		const file = script(`bad ${name}.js`, `//# sourceMappingURL=${url}`);
		const result = await retraced(file);
		expect(result).toMatchObject({ functions: 0, tree: treeIn(file) });
		expect(result.unusable).toEqual([{ script: file, why: expect.stringMatching(why) }]);
		expect(JSON.stringify(result.unusable)).not.toMatch(/secret|root:/);
	});
});
