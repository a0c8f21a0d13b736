import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import type { CollectContext, CollectedTree } from "#src/collect/collector.js";
import { zeroX, zeroXWith } from "#src/collect/zero-x/zero-x.js";
import type { Window } from "#src/model/measurement.js";
import { projectRoot } from "#src/process/entry-point.js";
import { startTarget } from "#src/target/start-target.js";
import type { RunningTarget } from "#src/target/target.js";
import { rootEndpoint, startContext } from "./support/fixture-target.js";

// Truth about 0x on servers whose profile is known by construction. The load is our own small, bounded loop.

const hotFunctions = join(projectRoot, "test/fixtures/hot-functions/server.cjs");
const WINDOW_MS = 2_000;

let folder = "";
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "zero-x-test-"));
});
afterEach(async () => {
	await rm(folder, { recursive: true, force: true });
});

interface Scenario {
	readonly argv: readonly string[];
	readonly path?: string;
	readonly windowMs?: number;
	readonly signal?: AbortSignal;
	readonly beforeWindow?: (target: RunningTarget) => Promise<void>;
	readonly afterWindow?: (target: RunningTarget) => Promise<void>;
	/** Called when the window is half over. */
	readonly halfway?: (target: RunningTarget) => Promise<void> | void;
	readonly beforeEnd?: (target: RunningTarget) => Promise<void> | void;
}

let lastTarget: RunningTarget | undefined;

async function profile(scenario: Scenario, collector = zeroX): Promise<CollectedTree> {
	const windowMs = scenario.windowMs ?? WINDOW_MS;
	const signal = scenario.signal ?? new AbortController().signal;
	const path = scenario.path ?? "/";
	const context: CollectContext = {
		folder,
		durationMs: windowMs,
		signal,
		targetCwd: folder,
		say: () => {},
		written: async (frames) => frames,
		async withTarget(options, use) {
			const target = await startTarget(
				{ kind: "command", argv: scenario.argv, env: {}, cwd: folder, port: null },
				options,
				{
					...startContext(folder),
					endpoint: { ...rootEndpoint, path },
					startTimeoutMs: 10_000,
					signal,
				},
			);
			lastTarget = target;
			try {
				const result = await use(target);
				await scenario.beforeEnd?.(target);
				return result;
			} finally {
				await target.end();
			}
		},
		async measure(target, hooks) {
			const load = startLoad(`${target.origin}${path}`, 1_000 + windowMs + 5_000);
			const answers = async (): Promise<number> => load.requests();
			await sleep(1_000);
			await scenario.beforeWindow?.(target);
			await hooks.onWindowOpens?.(answers);
			await sleep(windowMs / 2);
			await scenario.halfway?.(target);
			await sleep(windowMs / 2);
			await hooks.onWindowClosed?.(answers);
			await scenario.afterWindow?.(target);
			await load.stop();
			return measurementOf(load.requests());
		},
	};
	return collector.collect(context);
}

function startLoad(url: string, limitMs: number): { stop(): Promise<void>; requests(): number } {
	const agent = new Agent({ keepAlive: true, maxSockets: 4 });
	const deadline = performance.now() + limitMs;
	let stopped = false;
	let requests = 0;
	const one = (): Promise<void> =>
		new Promise((resolve, reject) => {
			const sent = get(url, { agent }, (response) => {
				response.resume();
				response.on("end", resolve);
			});
			sent.on("error", reject);
			sent.setTimeout(2_000, () => sent.destroy(new Error("time-out")));
		});
	const client = async (): Promise<void> => {
		while (!stopped && requests < 100_000 && performance.now() < deadline) {
			await one().catch(() => sleep(20));
			requests++;
			// Even requests beat with the sampler's millisecond: docs/inlined-frames.md, at the end.
			await sleep(Math.random() * 4);
		}
	};
	const clients = Promise.all([client(), client(), client(), client()]);
	return {
		async stop() {
			stopped = true;
			await clients;
			agent.destroy();
		},
		requests: () => requests,
	};
}

/** The collector hands the measurement on and reads nothing of it. */
const measurementOf = (requests: number): Window => ({ id: `0x, ${requests} requests` }) as Window;

/** Shares of self time among the functions of one file. */
function sharesOf(collected: CollectedTree, file: string): Record<string, number> {
	const own = functionTicks(collected.tree).filter(({ frame }) => frame.file === file);
	const all = own.reduce((sum, { selfTicks }) => sum + selfTicks, 0);
	return Object.fromEntries(own.map(({ frame, selfTicks }) => [frame.name, selfTicks / all]));
}

/** A zombie has ended; only its parent has not asked yet. */
const isAlive = (pid: number | null | undefined): boolean => {
	if (!pid) throw new Error("no process to ask for");
	try {
		process.kill(pid, 0);
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
	} catch {
		return false;
	}
};

describe("the 0x collector", { timeout: 90_000 }, () => {
	it("finds 70, 20 and 10 % where they are, and keeps 0x's flamegraph and nothing bulky", async () => {
		const collected = await profile({ argv: ["node", hotFunctions] });
		const shares = sharesOf(collected, hotFunctions);
		expect(shares.burnSeventy).toBeGreaterThan(0.6);
		expect(shares.burnSeventy).toBeLessThan(0.8);
		expect(shares.burnTwenty).toBeGreaterThan(0.1);
		expect(shares.burnTwenty).toBeLessThan(0.3);
		expect(shares.burnTen).toBeGreaterThan(0.02);
		expect(shares.burnTen).toBeLessThan(0.2);
		const burnSeventy = functionTicks(collected.tree).find(({ frame }) => frame.name === "burnSeventy")?.frame;
		expect(burnSeventy).toMatchObject({ file: hotFunctions, line: 22, column: 21, kind: "app", package: null });
		expect(collected.ticks.busy).toBe(totalTicks(collected.tree));
		expect(collected.ticks.total).toBe(collected.ticks.busy + collected.ticks.idle + collected.ticks.lost);
		expect(collected.ticks.lost).toBeLessThan(collected.ticks.total * 0.05);
		expect(collected.files).toHaveLength(1);
		expect(await readFile(join(folder, "flamegraph.html"), "utf8")).toContain("burnSeventy");
		expect((await readdir(folder)).filter((name) => !name.endsWith(".log"))).toEqual(["flamegraph.html"]);
	});

	it("counts what it loses of a recursion of 200 frames, and says so", async () => {
		const collected = await profile({ argv: ["node", hotFunctions], path: "/deep?depth=200" });
		// Every stack with the recursion in it is too long for 0x: nothing of it is in the tree, all of it is counted.
		expect(functionTicks(collected.tree).map(({ frame }) => frame.name)).not.toContain("burnAtTheBottom");
		expect(collected.ticks.lost).toBeGreaterThan(10);
		const finding = collected.findings.find(({ code }) => code === "SAMPLES_LOST");
		expect(finding?.figures).toMatchObject({ lostTicks: collected.ticks.lost, longLineCharacters: expect.any(Number) });
	});

	it("takes the ticks of the window alone: of a server that does other things before and after, only what is between", async () => {
		const script = join(folder, "phases.cjs");
		await writeFile(script, serverWithPhases);
		const collected = await profile({
			argv: ["node", script],
			beforeWindow: (target) => requestOnce(`${target.origin}/inside`),
			afterWindow: (target) => requestOnce(`${target.origin}/after`).then(() => sleep(500)),
		});
		const { inside = 0, before = 0, after = 0 } = sharesOf(collected, script);
		expect(inside).toBeGreaterThan(0.8);
		// The window of 2 s may be off by no more than some ms: 10 ms on either side would be 0.5 %.
		expect(before).toBeLessThan(0.005);
		expect(after).toBeLessThan(0.005);
	});

	it("ends a target that ignores every signal and never stops listening", async () => {
		const script = join(folder, "stubborn.cjs");
		await writeFile(script, stubbornServer);
		const collected = await profile({ argv: ["node", script], windowMs: 600 });
		expect(collected.ticks.total).toBeGreaterThan(0);
		expect(collected.files).toHaveLength(1);
		expect(isAlive(lastTarget?.pid)).toBe(false);
		expect(isAlive(lastTarget?.startedPid)).toBe(false);
	});

	it("ends a stopped target as well and still reads its ticks", async () => {
		const collected = await profile({
			argv: ["node", hotFunctions],
			windowMs: 600,
			beforeEnd: (target) => void process.kill(target.pid ?? 0, "SIGSTOP"),
		});
		expect(collected.ticks.total).toBeGreaterThan(0);
		expect(isAlive(lastTarget?.pid)).toBe(false);
		expect(isAlive(lastTarget?.startedPid)).toBe(false);
	});

	it("reads the ticks also when 0x does not get done, and says so", async () => {
		const hurried = zeroXWith({ endStepMs: 1_500, renderLimitMs: 1 });
		const collected = await profile({ argv: ["node", hotFunctions], windowMs: 1_000 }, hurried);
		expect(sharesOf(collected, hotFunctions).burnSeventy).toBeGreaterThan(0.6);
		expect(collected.findings.map(({ code }) => code)).toContain("DRAWING_FAILED");
		expect(collected.files).toEqual([]);
		expect((await readdir(folder)).filter((name) => !name.endsWith(".log"))).toEqual([]);
	});

	it("is not misled by worker threads, which have logs of their own", async () => {
		const script = join(folder, "with-workers.cjs");
		await writeFile(script, serverWithWorkers);
		const collected = await profile({ argv: ["node", script], windowMs: 800 });
		const names = functionTicks(collected.tree).map(({ frame }) => frame.name);
		expect(names).toContain("mainBurn");
		expect(names).not.toContain("workerBurn");
	});

	it("says that it cannot run what is not node", async () => {
		await expect(profile({ argv: ["npm", "start"] })).rejects.toMatchObject({
			code: "COLLECTOR_FAILED",
			message: expect.stringContaining("npm"),
		});
	});

	it("stops at once when the run is interrupted", async () => {
		const controller = new AbortController();
		await expect(
			profile({
				argv: ["node", hotFunctions],
				signal: controller.signal,
				windowMs: 400,
				halfway: () => {
					controller.abort(new Error("interrupted"));
					throw new Error("interrupted");
				},
			}),
		).rejects.toThrow("interrupted");
		expect(isAlive(lastTarget?.pid)).toBe(false);
		expect(isAlive(lastTarget?.startedPid)).toBe(false);
		expect(await readdir(folder)).not.toContain("flamegraph.html");
	});
});

function requestOnce(url: string): Promise<void> {
	return new Promise((resolve, reject) => {
		get(url, (response) => {
			response.resume();
			response.on("end", resolve);
		}).on("error", reject);
	});
}

// Long, so that V8 does not inline it.
const burn = (name: string): string =>
	`function ${name}() { let x = 1; for (let i = 0; i < 2000; i++) { ${"x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);".repeat(20)} } return x; }`;

const serverWithPhases = `
"use strict";
${burn("before")}
${burn("inside")}
${burn("after")}
let phase = before;
require("node:http").createServer((request, response) => {
	if (request.url === "/inside") phase = inside;
	if (request.url === "/after") phase = after;
	response.end(String(phase()));
}).listen(0, "127.0.0.1");
`;

const stubbornServer = `
"use strict";
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2"]) {
	process.removeAllListeners(signal);
	process.on(signal, () => {});
}
process.exit = () => {};
process.on("exit", () => {});
require("node:http").createServer((request, response) => response.end("ok")).listen(0, "127.0.0.1");
`;

const serverWithWorkers = `
"use strict";
const { Worker } = require("node:worker_threads");
${burn("mainBurn")}
for (let i = 0; i < 3; i++) new Worker(\`${burn("workerBurn")}; setInterval(workerBurn, 5)\`, { eval: true });
require("node:http").createServer((request, response) => response.end(String(mainBurn()))).listen(0, "127.0.0.1");
`;
