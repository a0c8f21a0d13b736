import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { functionTicks, totalTicks } from "../src/analyse/call-tree.js";
import { parseCpuProfile, plainCallTree } from "../src/analyse/v8-cpu-profile.js";
import type { CollectedTree } from "../src/collect/collector.js";
import { v8Cpu } from "../src/collect/v8-cpu.js";
import type { CallTree } from "../src/model/call-tree.js";
import { callTreeSchema, tickCountsSchema } from "../src/model/run-record.js";
import { projectRoot } from "../src/process/entry-point.js";
import type { RunningTarget } from "../src/target/target.js";
import { type Scenario, withCollection } from "./collecting.js";

/** Two targets are started, warmed and loaded one after the other, longer on a machine that has other things to do. */
const TIMEOUT_MS = 90_000;
interface Profiled {
	readonly collected: CollectedTree;
	/** As V8 tells it, before anything was put back. */
	readonly plain: CallTree;
}

interface V8Scenario extends Omit<Scenario, "argv"> {
	readonly script: string;
}

function profile({ script, ...scenario }: V8Scenario): Promise<Profiled> {
	const argv = [process.execPath, join(projectRoot, script)];
	return withCollection(v8Cpu, { argv, windowMs: 3_000, ...scenario }, ({ collected, folder }) => {
		for (const { path } of collected.files) expect(existsSync(join(folder, path))).toBe(true);
		const plain = plainCallTree(parseCpuProfile(JSON.parse(readFileSync(join(folder, "cpu.cpuprofile"), "utf8"))));
		return { collected, plain };
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

/** Asks the fixture, by a signal, how long each of its loops has taken since the last time; it answers in its log. */
class AppClock {
	readonly #readings: Record<string, number>[] = [];

	async read(target: RunningTarget): Promise<void> {
		const before = answersIn(target).length;
		process.kill(target.pid ?? Number.NaN, "SIGUSR2");
		for (let tries = 0; tries < 200 && answersIn(target).length === before; tries++) await sleep(10);
		const answer = answersIn(target).at(-1);
		if (answer === undefined) throw new Error("the fixture did not say how long its loops took");
		this.#readings.push(JSON.parse(answer.slice("spent ".length)));
	}

	shares(names: readonly string[]): number[] {
		const last = this.#readings.at(-1);
		const spent = names.map((name) => last?.[name] ?? Number.NaN);
		const all = spent.reduce((sum, each) => sum + each, 0);
		return spent.map((each) => each / all);
	}
}

const answersIn = (target: RunningTarget): string[] => target.logTail(50).filter((line) => line.startsWith("spent "));

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
	// Truth: the time each function's loop took by the app's own clock during the very same window.
	const cases = [
		{ variant: "hook", names: ["burnInHook", "shortAnswer"], hidden: "burnInHook" },
		{ variant: "nested", names: ["innerWork", "middleWork", "shortAnswer"], hidden: "innerWork" },
	];
	// V8 decides anew at each start what it inlines, and may leave nothing to put back. So it may need a second try.
	for (const { variant, names, hidden } of cases) {
		test(`are charged to themselves within 5 points of the time they took (${variant})`, {
			retry: 2,
			timeout: TIMEOUT_MS,
		}, async () => {
			const clock = new AppClock();
			const { collected, plain } = await profile({
				script: inlinedHook,
				env: { VARIANT: variant },
				windowMs: 6_000,
				beforeWindow: (target) => clock.read(target),
				afterWindow: (target) => clock.read(target),
			});
			const found = shares(collected.tree, names);
			expect(farthest(found, clock.shares(names))).toBeLessThan(0.05);
			const { putBack, ambiguous, busy } = collected.ticks;
			// How much V8 inlines differs from start to start; here it always hides most of one function.
			expect(putBack).toBeGreaterThan(0.1 * busy);
			expect(selfOf(plain, hidden)).toBeLessThan(selfOf(collected.tree, hidden) / 2);
			expect(ambiguous).toBeLessThan(0.1 * busy);
			expect(collected.findings.map(({ code }) => code)).toContain("INLINED_PUT_BACK");
		});
	}

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
			expect(finding?.sentence).toMatch(/charged to their callers.*exited with code 9/);
		},
		TIMEOUT_MS,
	);
});
