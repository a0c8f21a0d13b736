import { describe, expect, it } from "vitest";
import { describeFrame, packageOfPath, pathOfUrl } from "./frame-kind.js";

const frame = (name: string, url: string) => describeFrame({ name, url, line: 3, column: 7 });

describe("whose code a frame is", () => {
	it.each([
		["handler", "file:///srv/app/routes/items.js", "app", null],
		["parse", "file:///srv/app/node_modules/qs/lib/parse.js", "dependency", "qs"],
		["send", "/srv/node_modules/a/node_modules/@fastify/send/index.js", "dependency", "@fastify/send"],
		["writeHead", "node:_http_server", "node", null],
		["(garbage collector)", "", "collector", null],
		["(program)", "", "native", null],
		["stringify", "", "engine", null],
		["RegExp: ^a+$", "", "engine", null],
		["writev", "", "native", null],
		["close", "", "native", null],
		["open", "", "native", null],
		["answer", new URL("../../../dist/target/agent/agent.js", import.meta.url).href, "profiler", null],
		["$func3", "wasm://wasm/abc", "app", null],
	] as const)("%s in %j is %s", (name, url, kind, inPackage) => {
		expect(frame(name, url)).toMatchObject({ kind, package: inPackage });
	});

	it("has a place only where there is a source", () => {
		expect(frame("f", "file:///a.js")).toMatchObject({ file: "/a.js", line: 3, column: 7 });
		expect(frame("writev", "")).toMatchObject({ file: null, line: null, column: null });
		expect(frame("", "file:///a.js").name).toBe("(anonymous)");
	});
});

it("finds the package of a path, Windows' included", () => {
	expect(packageOfPath("C:\\app\\node_modules\\@scope\\name\\index.js")).toBe("@scope/name");
	expect(packageOfPath("/app/src/node_modules.js")).toBeNull();
	expect(packageOfPath("/app/node_modules/@scope")).toBeNull();
});

it("turns file URLs into paths and leaves what is none", () => {
	expect(pathOfUrl("file:///a%20b.js")).toBe("/a b.js");
	expect(pathOfUrl("file://%zz")).toBe("file://%zz");
	expect(pathOfUrl("evalmachine.<anonymous>")).toBe("evalmachine.<anonymous>");
});
