import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { zeroXWith } from "../src/collect/zero-x.js";
import type { RunningTarget } from "../src/target/target.js";
import { selfTicksOf, sharesAmong, withoutPutBack } from "./inlined-shares.js";
import { withV8Context } from "./v8-context.js";

// Truth: the time that each function's loop took by the app's own clock in the very same window, as in v8-cpu.test.ts.

/** What 0x draws does not matter here. */
const withoutDrawing = zeroXWith({ endStepMs: 1_500, renderLimitMs: 1 });
const answersIn = (target: RunningTarget): string[] => target.logTail(50).filter((line) => line.startsWith("spent "));

/** Asks the fixture, by a signal, how long each of its loops has taken since it was last asked. */
async function timeSpent(target: RunningTarget): Promise<Record<string, number>> {
	const before = answersIn(target).length;
	process.kill(target.pid ?? Number.NaN, "SIGUSR2");
	for (let tries = 0; tries < 200 && answersIn(target).length === before; tries++) await sleep(10);
	const answer = answersIn(target).at(-1);
	if (answer === undefined) throw new Error("the fixture did not say how long its loops took");
	return JSON.parse(answer.slice("spent ".length));
}

async function profile(variant: string) {
	const answers: Record<string, number>[] = [];
	const server = {
		script: "test/fixtures/inlined-hook/server.cjs",
		env: { VARIANT: variant },
		warmupMs: 3_000,
		durationMs: 2_000,
		minAnswers: 4_000,
		onEdge: async (target: RunningTarget) => void answers.push(await timeSpent(target)),
	};
	const collected = await withV8Context(server, (context) =>
		// To this context a window without a label is the main one; 0x has no other.
		withoutDrawing.collect({ ...context, measure: (target, { label: _, ...hooks }) => context.measure(target, hooks) }),
	);
	const spentMs = answers.at(-1) ?? {};
	return { collected, spentMs: (name: string): number => spentMs[name] ?? Number.NaN };
}

const farthest = (found: readonly number[], truth: readonly number[]): number =>
	Math.max(...found.map((share, index) => Math.abs(share - (truth[index] ?? Number.NaN))));

/** V8 decides anew at each start what it inlines. */
const STARTS = 4;

describe("functions that V8 inlined into Fastify, under 0x", { timeout: 180_000 }, () => {
	it("are charged to themselves within 10 points of the time they took, and far from it if not put back", async () => {
		const names = ["burnInHook", "shortAnswer"];
		let hidden = false;
		for (let start = 1; start <= STARTS && !hidden; start++) {
			const { collected, spentMs } = await profile("hook");
			const found = sharesAmong(names, (name) => selfTicksOf(collected.tree, name));
			expect(farthest(found, sharesAmong(names, spentMs))).toBeLessThan(0.1);
			expect(collected.notes.join("\n")).toContain(`${collected.ticks.putBack} busy ticks`);
			const sampled = selfTicksOf(withoutPutBack(collected.tree), "burnInHook");
			// The hook has more than half of the work; where it was inlined, Fastify's functions hide most of it.
			hidden = sampled < selfTicksOf(collected.tree, "burnInHook") / 2;
			if (hidden) expect(collected.ticks.putBack).toBeGreaterThan(0.1 * collected.ticks.busy);
		}
		expect(hidden).toBe(true);
	});

	it("are told apart also where they call each other", async () => {
		const names = ["innerWork", "middleWork", "shortAnswer"];
		const { collected, spentMs } = await profile("nested");
		const found = sharesAmong(names, (name) => selfTicksOf(collected.tree, name));
		expect(farthest(found, sharesAmong(names, spentMs))).toBeLessThan(0.1);
	});
});
