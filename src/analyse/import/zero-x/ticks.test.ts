import { describe, expect, it } from "vitest";
import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { readRecording } from "../../../../test/support/zero-x-recording.js";
import { frameOfCode, placeOfName } from "./frames.js";
import { LONG_LINE } from "./log.js";
import type { PreprocessedLog } from "./preprocessed.js";
import { type LogWindow, ticksOfWindow } from "./ticks.js";

const unknownOwners = (): undefined => undefined;
const whole: LogWindow = { fromUs: 0, toUs: 1e9 };
const JS = 0;
const GC = 1;
const COMPILER = 4;
const EXTERNAL = 6;
const IDLE = 8;

/** Code 0…: see below; −1 is an address. */
const code: PreprocessedLog["code"] = [
	{ name: "outer /app/server.js:1:1", type: "JS", kind: "Unopt" },
	{ name: "inner /app/server.js:5:10", type: "JS", kind: "Opt" },
	{ name: "inner /app/server.js:5:10", type: "JS", kind: "Sparkplug" },
	{ name: "epoll_pwait@@GLIBC_2.6", type: "CPP" },
	{ name: "writev@@GLIBC_2.2.5", type: "CPP" },
	{ name: "LdaZero", type: "CODE", kind: "BytecodeHandler" },
];
const tick = (vm: number, s: number[], tm = 10): PreprocessedLog["ticks"][number] => ({ tm, vm, s });
const asLogged = (ticks: PreprocessedLog["ticks"]) => ticks.map(({ tm }) => ({ atUs: tm, length: 100 }));
const read = (
	ticks: PreprocessedLog["ticks"],
	window = whole,
	owners: Parameters<typeof ticksOfWindow>[3] = unknownOwners,
) => ticksOfWindow({ code, functions: [], ticks }, asLogged(ticks), window, owners);
const selfOf = (result: ReturnType<typeof read>): Record<string, number> =>
	Object.fromEntries(
		functionTicks(result.tree)
			.filter(({ selfTicks }) => selfTicks > 0)
			.map(({ frame, selfTicks }) => [frame.name, selfTicks]),
	);

describe("ticksOfWindow", () => {
	it("counts a function once whatever tier its code is of", () => {
		const result = read([tick(JS, [1, 4, 0, 8]), tick(JS, [2, 4, 0, 8]), tick(JS, [0, 4])]);
		expect(selfOf(result)).toEqual({ inner: 2, outer: 1 });
		expect(result.tree.nodes).toHaveLength(3);
	});

	it("keeps an unknown leaf as a frame of its own instead of giving its time to the caller", () => {
		const result = read([tick(EXTERNAL, [-1, 0xabc, 0, 8]), tick(JS, [-1, 0xabc])]);
		expect(selfOf(result)).toEqual({ "(unknown code)": 2 });
		expect(result.ticks.unknown).toBe(2);
		expect(functionTicks(result.tree).find(({ frame }) => frame.name === "outer")?.totalTicks).toBe(1);
	});

	it("names the unknown leaf where its owner can be found, and still says that 0x did not know it", () => {
		const result = read(
			[tick(JS, [-1, 1, 0, 8]), tick(JS, [-1, 2, 0, 8]), tick(JS, [-1, 3, 0, 8])],
			whole,
			(address) => {
				if (address === 1) return { kind: "builtin", name: "ArrayMap", interpreter: false };
				if (address === 2) return { kind: "native", library: "node" };
				return { kind: "builtin", name: "LdaZero", interpreter: true };
			},
		);
		expect(selfOf(result)).toEqual({ ArrayMap: 1, "(native code in node)": 1, outer: 1 });
		expect(result.ticks.unknown).toBe(0);
		expect(result.leavesUnknownTo0x).toBe(3);
	});

	it("gives the time of the interpreter and of inline caches to the function that they work for", () => {
		const owners = () => ({ kind: "builtin", name: "LoadIC", interpreter: false }) as const;
		const result = read([tick(JS, [5, 0, 0, 8]), tick(JS, [-1, 9, 0, 8]), tick(JS, [-1, 9])], whole, owners);
		expect(selfOf(result)).toEqual({ outer: 2, LoadIC: 1 });
		expect(result.machinery).toBe(2);
		expect(result.ticks.unknown).toBe(0);
	});

	it("puts collections at the root, compiling under its caller, and counts both", () => {
		const result = read([tick(GC, [4, 0, 0, 8]), tick(COMPILER, [4, 0, 0, 8]), tick(JS, [4, 0, 0, 8])]);
		expect(selfOf(result)).toEqual({ "(garbage collector)": 1, "(compiler)": 1, writev: 1 });
		expect(result.ticks.garbageCollector).toBe(1);
		expect(result.compiling).toBe(1);
		expect(functionTicks(result.tree).find(({ frame }) => frame.name === "outer")?.totalTicks).toBe(2);
		const kinds = result.tree.frames.map(({ name, kind }) => `${name} ${kind}`);
		expect(kinds).toContain("(garbage collector) collector");
		expect(kinds).toContain("writev native");
	});

	it("calls waiting idle, but not the work that Node does in its poll phase", () => {
		const result = read([tick(IDLE, [3, 0]), tick(IDLE, [4, 0]), tick(IDLE, [-1, 0xabc])]);
		expect(result.ticks).toMatchObject({ total: 3, idle: 2, busy: 1 });
		expect(selfOf(result)).toEqual({ writev: 1 });
	});

	it("takes the window alone, and counts as lost what was logged in it but not read", () => {
		const ticks = [tick(JS, [0, 1], 99), tick(JS, [0, 1], 100), tick(JS, [0, 1], 200), tick(JS, [0, 1], 201)];
		const logged = [...asLogged(ticks), { atUs: 150, length: LONG_LINE }, { atUs: 300, length: LONG_LINE }];
		const result = ticksOfWindow({ code, functions: [], ticks }, logged, { fromUs: 100, toUs: 200 }, unknownOwners);
		expect(result.ticks).toMatchObject({ total: 3, busy: 2, lost: 1, idle: 0 });
	});
});

describe("placeOfName", () => {
	it.each([
		["burn /app/my server.js:3:14", "burn", "/app/my server.js", 3, 14],
		[" file:///app/a.mjs:1:2", "", "file:///app/a.mjs", 1, 2],
		["get x node:net:927:42", "get x", "node:net", 927, 42],
		["f wasm://wasm/1234:1:2", "f", "wasm://wasm/1234", 1, 2],
		["f C:\\app\\a.js:1:2", "f", "C:\\app\\a.js", 1, 2],
		["[Symbol.iterator] /a.js:1:2", "[Symbol.iterator]", "/a.js", 1, 2],
		["f [eval]:1:2", "f", "[eval]", 1, 2],
		["Array.map", "Array.map", "", null, null],
	])("%s", (text, name, url, line, column) => {
		expect(placeOfName(text)).toEqual({ name, url, line, column });
	});
});

describe("frameOfCode", () => {
	it.each([
		[
			{ name: " /app/node_modules/@a/b/i.js:1:2", type: "JS" },
			{ name: "(anonymous)", kind: "dependency", package: "@a/b" },
		],
		[
			{ name: "f file:///app/x.js:1:2", type: "JS" },
			{ name: "f", file: "/app/x.js", kind: "app" },
		],
		[{ name: "v8::internal::Heap::Foo(int)", type: "CPP" }, { kind: "engine" }],
		[{ name: "node::StreamBase::Writev()", type: "CPP" }, { kind: "native" }],
		[
			{ name: "/usr/lib/libc.so.6", type: "SHARED_LIB" },
			{ name: "(native code in libc.so.6)", kind: "native" },
		],
		[
			{ name: "^a+$", type: "CODE", kind: "RegExp" },
			{ name: "RegExp /^a+$/", kind: "engine" },
		],
		[
			{ name: "LoadIC", type: "CODE", kind: "Builtin" },
			{ name: "LoadIC", kind: "engine" },
		],
	])("%o", (entry, expected) => {
		expect(frameOfCode(entry)).toMatchObject(expected);
	});
});

describe("a recording of 0x 6.0.0", () => {
	const { facts, window, result, withoutMappings } = readRecording("hot-functions");

	it("lies within the log's time", () => {
		expect(facts.v8Version).toMatch(/^11\.3\./);
		expect(facts.samplingIntervalUs).toBe(1_000);
		expect(window.fromUs).toBeGreaterThan(facts.ticks[0]?.atUs ?? Number.NaN);
		expect(window.toUs).toBeLessThan((facts.ticks.at(-1)?.atUs ?? 0) + 200_000);
	});

	it("has 70, 20 and 10 % in the three functions, within 10 points", () => {
		const self = selfOf(result);
		const { burnSeventy = 0, burnTwenty = 0, burnTen = 0 } = self;
		const all = burnSeventy + burnTwenty + burnTen;
		expect(all).toBeGreaterThan(100);
		expect(Math.abs(burnSeventy / all - 0.7)).toBeLessThan(0.1);
		expect(Math.abs(burnTwenty / all - 0.2)).toBeLessThan(0.1);
		expect(Math.abs(burnTen / all - 0.1)).toBeLessThan(0.1);
	});

	it("loses exactly the lines that are too long for 0x", () => {
		const long = facts.ticks.filter(
			({ atUs, length }) => atUs >= window.fromUs && atUs <= window.toUs && length >= LONG_LINE,
		);
		expect(long.length).toBeGreaterThan(20);
		expect(result.ticks.lost).toBe(long.length);
		expect(result.ticks.total).toBe(result.ticks.idle + result.ticks.busy + result.ticks.lost);
		expect(totalTicks(result.tree)).toBe(result.ticks.busy);
	});

	it("leaves hardly any leaf unknown, while 0x does not know many of them", () => {
		expect(result.leavesUnknownTo0x / result.ticks.busy).toBeGreaterThan(0.05);
		expect(result.ticks.unknown / result.ticks.busy).toBeLessThan(0.02);
		expect(withoutMappings().ticks.unknown).toBeGreaterThan(result.ticks.unknown);
		expect(result.machinery).toBeGreaterThan(0);
	});
});
