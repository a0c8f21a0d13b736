import { describe, expect, test } from "vitest";
import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { callTreeSchema, tickCountsSchema } from "#src/model/call-tree.js";
import { farthest, profile, shares, TIMEOUT_MS } from "./support/v8-profiling.js";

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
	test(
		"stay with their callers, and that is said, when the reference cannot be had",
		async () => {
			const { collected, plain } = await profile({
				script: inlinedHook,
				warmupMs: 500,
				windowMs: 500,
				onStart: (options) =>
					options.env?.AZ_PROF_NO_INLINING === "1" ? { ...options, nodeFlags: ["--no-such-flag-of-node"] } : options,
			});
			expect(collected.tree).toEqual(plain);
			expect(collected.ticks).toMatchObject({ putBack: 0, ambiguous: 0 });
			const finding = collected.findings.find(({ code }) => code === "INLINING_UNRESOLVED");
			expect(finding?.figures).toEqual({ message: expect.stringContaining("exited with code 9") });
		},
		TIMEOUT_MS,
	);
});
