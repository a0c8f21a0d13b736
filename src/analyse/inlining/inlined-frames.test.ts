import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { parseCpuProfile, plainCallTree, type SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import { type FunctionRanges, parseFunctionRanges } from "#src/analyse/import/v8/function-ranges.js";
import type { CallTree } from "#src/model/call-tree.js";
import { projectRoot } from "#src/process/entry-point.js";
import { putBackInlinedFrames } from "./inlined-frames.js";

/** A function of the made-up app: name, file, first and last line. */
type Place = readonly [name: string, file: string, startLine: number, endLine: number];

interface Call {
	readonly is: Place;
	/** Ticks by line. */
	readonly lines?: Readonly<Record<number, number>>;
	readonly calls?: readonly Call[];
}

const router: Place = ["router", "router.js", 100, 120];
const runner: Place = ["runner", "runner.js", 200, 220];
const hook: Place = ["hook", "hook.js", 1, 9];
const twin: Place = ["twin", "twin.js", 1, 9];
const handler: Place = ["handler", "handler.js", 30, 40];
const builtin: Place = ["forEach", "", 0, 0];
const native: Place = ["writev", "", 0, 0];

const functions: FunctionRanges = parseFunctionRanges({
	scripts: [router, runner, hook, twin, handler].map(([name, file, startLine, endLine]) => ({
		url: `/app/${file}`,
		functions: [{ name, startLine, startColumn: 1, endLine, endColumn: 2 }],
	})),
});

function profile(...calls: Call[]): SampledProfile {
	const nodes: object[] = [];
	const add = ({ is: [functionName, file, startLine], lines = {}, calls: callees = [] }: Call): number => {
		const id = nodes.length + 1;
		const positionTicks = Object.entries(lines).map(([line, ticks]) => ({ line: Number(line), ticks }));
		const node = {
			id,
			callFrame: {
				functionName,
				url: file === "" ? "" : `/app/${file}`,
				lineNumber: startLine - 1,
				columnNumber: file === "" ? -1 : 0,
			},
			hitCount: positionTicks.reduce((sum, { ticks }) => sum + ticks, 0),
			children: [] as number[],
			positionTicks,
		};
		nodes.push(node);
		node.children = callees.map(add);
		return id;
	};
	add({ is: ["(root)", "", 0, 0], calls });
	return parseCpuProfile({ nodes, startTime: 0, endTime: 1_000_000 });
}

const selfOf = (tree: CallTree, name: string): number =>
	functionTicks(tree).find(({ frame }) => frame.name === name)?.selfTicks ?? 0;

/** "router > runner* > hook*": an asterisk marks what was put back. */
function pathsOf(tree: CallTree): Record<string, number> {
	const paths: Record<string, number> = {};
	for (const node of tree.nodes) {
		if (node.selfTicks === 0) continue;
		const names: string[] = [];
		for (let at = node; at.parent >= 0; at = tree.nodes[at.parent] ?? at) {
			names.unshift(`${tree.frames[at.frame]?.name}${at.putBack ? "*" : ""}`);
		}
		paths[names.join(" > ")] = Math.round(node.selfTicks * 100) / 100;
	}
	return paths;
}

describe("a line outside of the function it was charged to", () => {
	const reference = profile({
		is: router,
		lines: { 110: 10 },
		calls: [{ is: runner, lines: { 210: 2 }, calls: [{ is: hook, lines: { 5: 50 } }] }],
	});

	test("goes to the callee on whose line it is, through the frames in between", () => {
		const sampled = profile({ is: router, lines: { 110: 20, 5: 100, 210: 4 } });
		const result = putBackInlinedFrames(sampled, { profile: reference, functions });
		expect(pathsOf(result.tree)).toEqual({ router: 20, "router > runner*": 4, "router > runner* > hook*": 100 });
		expect(result).toMatchObject({ putBack: 104, ambiguous: 0, unresolved: 0 });
	});

	test("stays when nobody below has code there, and is counted", () => {
		const sampled = profile({ is: router, lines: { 110: 20, 999: 7 } });
		const result = putBackInlinedFrames(sampled, { profile: reference, functions });
		expect(pathsOf(result.tree)).toEqual({ router: 27 });
		expect(result).toMatchObject({ putBack: 0, unresolved: 7 });
	});

	test("finds a function that the reference saw, but not on that line", () => {
		const sampled = profile({ is: router, lines: { 7: 3 } });
		expect(pathsOf(putBackInlinedFrames(sampled, { profile: reference, functions }).tree)).toEqual({
			"router > runner* > hook*": 3,
		});
	});

	test("is found although the sampler left out the frame above", () => {
		const sampled = profile({ is: router, calls: [{ is: hook, lines: { 35: 9 } }] });
		const deeper = profile({
			is: router,
			calls: [{ is: runner, calls: [{ is: hook, calls: [{ is: handler, lines: { 35: 5 } }] }] }],
		});
		expect(pathsOf(putBackInlinedFrames(sampled, { profile: deeper, functions }).tree)).toEqual({
			"router > hook > handler*": 9,
		});
	});

	test("is looked for through builtins that V8 inlines, and not through native calls", () => {
		const through = (between: Place): Record<string, number> =>
			pathsOf(
				putBackInlinedFrames(profile({ is: router, lines: { 5: 8 } }), {
					profile: profile({ is: router, calls: [{ is: between, calls: [{ is: hook, lines: { 5: 9 } }] }] }),
					functions,
				}).tree,
			);
		expect(through(builtin)).toEqual({ "router > forEach* > hook*": 8 });
		expect(through(native)).toEqual({ router: 8 });
	});
});

describe("a line that several functions could own", () => {
	test("is shared out by the reference's ticks and counted as ambiguous", () => {
		const reference = profile({
			is: router,
			calls: [
				{ is: hook, lines: { 5: 300 } },
				{ is: twin, lines: { 5: 100 } },
			],
		});
		const result = putBackInlinedFrames(profile({ is: router, lines: { 5: 40, 110: 10 } }), {
			profile: reference,
			functions,
		});
		expect(selfOf(result.tree, "hook")).toBeCloseTo(30, 1);
		expect(selfOf(result.tree, "twin")).toBeCloseTo(10, 1);
		expect(result.ambiguous).toBe(40);
	});

	test("is not given to a function that shows its ticks elsewhere", () => {
		// The twin kept code of its own: what the reference saw of it is all accounted for.
		const reference = profile({
			is: router,
			calls: [
				{ is: hook, lines: { 5: 100 } },
				{ is: twin, lines: { 5: 100 } },
			],
		});
		const sampled = profile({ is: router, lines: { 5: 200 }, calls: [{ is: twin, lines: { 5: 200 } }] });
		const { tree } = putBackInlinedFrames(sampled, { profile: reference, functions });
		expect(selfOf(tree, "hook")).toBeGreaterThan(190);
		expect(selfOf(tree, "twin")).toBeLessThan(210);
	});

	test("may be the function's own line by coincidence", () => {
		const inRange: Place = ["other", "other.js", 105, 115];
		const reference = profile({ is: router, lines: { 110: 10 }, calls: [{ is: inRange, lines: { 110: 30 } }] });
		const both = parseFunctionRanges({
			scripts: [router, inRange].map(([name, file, startLine, endLine]) => ({
				url: `/app/${file}`,
				functions: [{ name, startLine, startColumn: 1, endLine, endColumn: 2 }],
			})),
		});
		const result = putBackInlinedFrames(profile({ is: router, lines: { 110: 80 } }), {
			profile: reference,
			functions: both,
		});
		expect(Math.abs(selfOf(result.tree, "router") - 20)).toBeLessThan(1);
		expect(Math.abs(selfOf(result.tree, "other") - 60)).toBeLessThan(1);
		expect(result.ambiguous).toBe(80);
	});

	test("in minified code every line is: shared out, and all of it said to be ambiguous", () => {
		const oneLine = parseFunctionRanges({
			scripts: [
				{
					url: "/app/min.js",
					functions: [
						{ name: "a", startLine: 1, startColumn: 1, endLine: 1, endColumn: 50 },
						{ name: "b", startLine: 1, startColumn: 60, endLine: 1, endColumn: 90 },
					],
				},
			],
		});
		const reference = parseCpuProfile({
			nodes: [
				{ id: 1, callFrame: frame("(root)", "", -1, -1), children: [2] },
				{
					id: 2,
					callFrame: frame("a", "/app/min.js", 0, 10),
					hitCount: 10,
					children: [3],
					positionTicks: [{ line: 1, ticks: 10 }],
				},
				{
					id: 3,
					callFrame: frame("b", "/app/min.js", 0, 65),
					hitCount: 30,
					positionTicks: [{ line: 1, ticks: 30 }],
				},
			],
			startTime: 0,
			endTime: 1,
		});
		const sampled = parseCpuProfile({
			nodes: [
				{ id: 1, callFrame: frame("(root)", "", -1, -1), children: [2] },
				{
					id: 2,
					callFrame: frame("a", "/app/min.js", 0, 10),
					hitCount: 40,
					positionTicks: [{ line: 1, ticks: 40 }],
				},
			],
			startTime: 0,
			endTime: 1,
		});
		const result = putBackInlinedFrames(sampled, { profile: reference, functions: oneLine });
		expect(result.ambiguous).toBe(40);
		expect(selfOf(result.tree, "b")).toBeCloseTo(30, 0);
	});
});

const frame = (functionName: string, url: string, lineNumber: number, columnNumber: number): object => ({
	functionName,
	url,
	lineNumber,
	columnNumber,
});

test("no tick is lost or made, whatever the profiles", () => {
	let seed = 7;
	const random = (below: number): number => {
		seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((seed / 2 ** 32) * below);
	};
	const places = [router, runner, hook, twin, handler, native, builtin];
	const grow = (depth: number): Call => ({
		is: places[random(places.length)] ?? router,
		lines: Object.fromEntries(Array.from({ length: random(4) }, () => [1 + random(250), 1 + random(50)])),
		calls: depth === 0 ? [] : Array.from({ length: random(4) }, () => grow(depth - 1)),
	});
	for (let round = 0; round < 100; round++) {
		const sampled = profile(grow(4), grow(4));
		const result = putBackInlinedFrames(sampled, { profile: profile(grow(4), grow(4)), functions });
		expect(totalTicks(result.tree)).toBeCloseTo(totalTicks(plainCallTree(sampled)), 6);
		expect(result.putBack).toBeLessThanOrEqual(totalTicks(result.tree) + 1e-6);
		for (const [index, node] of result.tree.nodes.entries()) expect(node.parent).toBeLessThan(index);
	}
});

describe("recorded profiles", () => {
	const folder = join(projectRoot, "profiles/fixtures/v8");
	/** The functions of test/fixtures/inlined-hook that burn time, and how far off V8's own profile is at least. */
	const variants: Record<string, { readonly names: readonly string[]; readonly plainOffBy: number }> = {
		hook: { names: ["burnInHook", "shortAnswer"], plainOffBy: 0.15 },
		nested: { names: ["innerWork", "middleWork", "shortAnswer"], plainOffBy: 0.15 },
	};
	for (const version of readdirSync(folder)) {
		for (const [variant, { names, plainOffBy }] of Object.entries(variants)) {
			test(`${variant}, Node ${version}: each function's share is within 5 points of the time it took`, () => {
				const recording = JSON.parse(readFileSync(join(folder, version, `${variant}.json`), "utf8"));
				const sampled = parseCpuProfile(recording.profile);
				const { tree } = putBackInlinedFrames(sampled, {
					profile: parseCpuProfile(recording.reference),
					functions: parseFunctionRanges(recording.functions),
				});
				const sum = (of: (name: string) => number): number => names.reduce((all, name) => all + of(name), 0);
				// By the app's own clock, in the recorded window.
				const spent = (name: string): number => recording.spentMs[name];
				const all = sum((name) => selfOf(tree, name));
				const offBy = (of: CallTree): number =>
					Math.max(...names.map((name) => Math.abs(selfOf(of, name) / all - spent(name) / sum(spent))));
				expect(offBy(tree)).toBeLessThan(0.05);
				expect(offBy(plainCallTree(sampled))).toBeGreaterThan(plainOffBy);
			});
		}

		test(`overlap, Node ${version}: two functions on the same lines are told apart by the reference, and it is said`, () => {
			const recording = JSON.parse(readFileSync(join(folder, version, "overlap.json"), "utf8"));
			const sampled = parseCpuProfile(recording.profile);
			const { tree, ambiguous } = putBackInlinedFrames(sampled, {
				profile: parseCpuProfile(recording.reference),
				functions: parseFunctionRanges(recording.functions),
			});
			const [left, right] = [selfOf(tree, "leftWork"), selfOf(tree, "rightWork")];
			// 120,000 and 40,000 rounds of the same loop.
			expect(Math.abs(left / (left + right) - 0.75)).toBeLessThan(0.05);
			// V8's own profile knows next to nothing of the one that it always inlined.
			expect(selfOf(plainCallTree(sampled), "rightWork")).toBeLessThan(right / 5);
			expect(ambiguous).toBeGreaterThan(0.5 * (left + right));
		});
	}
});
