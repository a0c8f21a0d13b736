import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { functionTicks, totalTicks } from "../src/analyse/call-tree.js";
import { parseCpuProfile, plainCallTree } from "../src/analyse/v8-cpu-profile.js";
import type { Collected } from "../src/collect/collector.js";
import { v8Cpu } from "../src/collect/v8-cpu.js";
import type { CallTree } from "../src/model/call-tree.js";
import { callTreeSchema, tickCountsSchema } from "../src/model/run-record.js";
import { type ProfiledServer, withV8Context } from "./v8-context.js";

/** Two targets are started, warmed and loaded one after the other, longer on a machine that has other things to do. */
const TIMEOUT_MS = 90_000;
/** Enough for some thousand busy samples: a share of 40 % of 1,500 has a standard error of 1.3 points. */
const window = { warmupMs: 2_000, durationMs: 2_000, minAnswers: 4_000 };

interface Profiled {
	readonly collected: Collected;
	/** As V8 tells it, before anything was put back. */
	readonly plain: CallTree;
	/** The same from the run without inlining; null when there was none. */
	readonly withoutInlining: CallTree | null;
}

function profile(server: ProfiledServer): Promise<Profiled> {
	return withV8Context({ ...window, ...server }, async (context) => {
		const collected = await v8Cpu.collect(context);
		const read = (name: string): CallTree =>
			plainCallTree(parseCpuProfile(JSON.parse(readFileSync(join(context.folder, name), "utf8"))));
		const paths = collected.files.map(({ path }) => path);
		expect(paths).toContain("cpu.cpuprofile");
		return {
			collected,
			plain: read("cpu.cpuprofile"),
			withoutInlining: paths.includes("cpu-no-inlining.cpuprofile") ? read("cpu-no-inlining.cpuprofile") : null,
		};
	});
}

const selfOf = (tree: CallTree, name: string): number =>
	functionTicks(tree).find(({ frame }) => frame.name === name)?.selfTicks ?? 0;

/** Shares of `names` among themselves. */
function shares(tree: CallTree, names: readonly string[]): number[] {
	const ticks = names.map((name) => selfOf(tree, name));
	const all = ticks.reduce((sum, each) => sum + each, 0);
	return ticks.map((each) => each / all);
}

const farthest = (found: readonly number[], truth: readonly number[]): number =>
	Math.max(...found.map((share, index) => Math.abs(share - (truth[index] ?? 0))));

const hotFunctions = "test/fixtures/hot-functions/server.cjs";
const inlinedHook = "test/fixtures/inlined-hook/server.cjs";

describe("functions of a known share of the work", () => {
	test(
		"are found within 5 points, and the books are kept",
		async () => {
			const { collected } = await profile({ script: hotFunctions });
			const found = shares(collected.tree, ["burnSeventy", "burnTwenty", "burnTen"]);
			expect(farthest(found, [0.7, 0.2, 0.1])).toBeLessThan(0.05);
			const { ticks } = collected;
			expect(ticks.total).toBe(ticks.idle + ticks.busy + ticks.lost);
			expect(totalTicks(collected.tree)).toBeCloseTo(ticks.busy, 6);
			expect(callTreeSchema.safeParse(collected.tree).success).toBe(true);
			expect(tickCountsSchema.safeParse(ticks).success).toBe(true);
			expect(collected.tree.frames.some(({ name }) => name === "(idle)")).toBe(false);
		},
		TIMEOUT_MS,
	);
});

describe("a recursion of 200 frames", () => {
	test(
		"is kept whole, and counts once in total time",
		async () => {
			const { collected } = await profile({ script: hotFunctions, path: "/deep?depth=200" });
			const { tree, ticks } = collected;
			const deepest = new Map<number, number>();
			tree.nodes.forEach((node, index) => {
				const recursion = tree.frames[node.frame]?.name === "goDown" ? 1 : 0;
				deepest.set(index, (deepest.get(node.parent) ?? 0) + recursion);
			});
			// goDown(200) to goDown(0).
			expect(Math.max(...deepest.values())).toBe(201);
			const functions = functionTicks(tree);
			const goDown = functions.find(({ frame }) => frame.name === "goDown");
			const bottom = functions.find(({ frame }) => frame.name === "burnAtTheBottom");
			expect(goDown?.totalTicks).toBeLessThanOrEqual(ticks.busy);
			expect(goDown?.totalTicks).toBeGreaterThanOrEqual((bottom?.selfTicks ?? Number.NaN) * 0.99);
			expect(bottom?.selfTicks).toBeGreaterThan(ticks.busy * 0.2);
		},
		TIMEOUT_MS,
	);
});

describe("functions that V8 inlined into Fastify", () => {
	// Truth: the rounds of the same loop in each, test/fixtures/inlined-hook.
	const cases = [
		{ variant: "hook", names: ["burnInHook", "shortAnswer"], rounds: [240, 160], hidden: "burnInHook" },
		{
			variant: "nested",
			names: ["innerWork", "middleWork", "shortAnswer"],
			rounds: [160, 80, 160],
			hidden: "innerWork",
		},
		{
			variant: "overlap",
			names: ["leftWork", "rightWork", "shortAnswer"],
			rounds: [120, 40, 160],
			hidden: "leftWork",
		},
	];
	for (const { variant, names, rounds, hidden } of cases) {
		test(
			`are charged to themselves within 5 points of their work (${variant})`,
			async () => {
				const { collected, plain, withoutInlining } = await profile({ script: inlinedHook, env: { VARIANT: variant } });
				const work = rounds.reduce((sum, each) => sum + each, 0);
				const truth = rounds.map((each) => each / work);
				const found = shares(collected.tree, names);
				expect(farthest(found, truth)).toBeLessThan(0.05);
				if (withoutInlining === null) throw new Error("there is no reference");
				expect(farthest(found, shares(withoutInlining, names))).toBeLessThan(0.07);
				// V8 itself shows next to nothing of the function: at most a third of what it really has.
				expect(selfOf(plain, hidden)).toBeLessThan(selfOf(collected.tree, hidden) / 3);
				const { putBack, ambiguous, busy } = collected.ticks;
				expect(putBack).toBeGreaterThan(0.1 * busy);
				// Only lines that two inlined functions share are in doubt.
				if (variant === "overlap") expect(ambiguous).toBeGreaterThan(0.15 * busy);
				else expect(ambiguous).toBeLessThan(0.1 * busy);
				expect(collected.findings.map(({ code }) => code)).toContain("INLINED_PUT_BACK");
			},
			TIMEOUT_MS,
		);
	}

	test(
		"stay with their callers, and that is said, when the reference cannot be had",
		async () => {
			const { collected, plain } = await profile({
				script: inlinedHook,
				warmupMs: 500,
				durationMs: 500,
				minAnswers: 0,
				onStart: (options) =>
					options.env?.AZ_PROF_CPU_NO_INLINING === "1"
						? { ...options, nodeFlags: ["--no-such-flag-of-node"] }
						: options,
			});
			expect(collected.tree).toEqual(plain);
			expect(collected.ticks).toMatchObject({ putBack: 0, ambiguous: 0 });
			const finding = collected.findings.find(({ code }) => code === "INLINING_UNRESOLVED");
			expect(finding?.sentence).toMatch(/charged to their callers.*exited with code 9/);
		},
		TIMEOUT_MS,
	);
});
