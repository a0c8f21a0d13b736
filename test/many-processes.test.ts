import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { v8Cpu } from "#src/collect/v8-cpu.js";
import { AllocationCounters } from "#src/measure/allocation-watch.js";
import { IsolateCensus } from "#src/measure/isolate-census.js";
import { callTreeSchema } from "#src/model/call-tree.js";
import { fetchAnswer } from "#src/target/answer.js";
import { EveryAgent } from "#src/target/every-agent.js";
import type { RunningTarget } from "#src/target/target.js";
import { withCollection } from "./support/collecting.js";
import { rootEndpoint, withFixtureTarget } from "./support/fixture-target.js";
import { recordOf } from "./support/record-of.js";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";

// Targets whose work is done elsewhere than in the process that is there first.

const REQUESTS = 40;
const BYTES = 400_000;

const withTarget = <T>(server: string, use: (target: RunningTarget) => Promise<T>): Promise<T> =>
	withFixtureTarget(server, async (target) => {
		// All three of them, and both that answer.
		await expect.poll(() => target.agents.now().length, { timeout: 10_000 }).toBe(3);
		return use(target);
	});

/** Each on a connection of its own, so that a cluster spreads them. */
async function ask({ origin }: RunningTarget, requests: number, path = "/"): Promise<void> {
	for (let i = 0; i < requests; i++) await fetchAnswer(origin, { ...rootEndpoint, path });
}

describe.each([
	["a cluster", "cluster.mjs", "cluster worker", 2],
	["a pool of worker threads", "worker-pool.mjs", "worker thread", 0],
] as const)("%s", (_, server, kind, answering) => {
	it("is counted where it works: CPU time, and all bytes", () =>
		withTarget(server, async (target) => {
			await expect.poll(() => target.agents.now().flatMap(({ ports }) => ports).length).toBeGreaterThan(answering);
			const [census, counters] = [new IsolateCensus(target), new AllocationCounters(target.agents)];
			await counters.begin();
			await ask(target, REQUESTS);
			const allocated = await counters.end();
			const groups = census.close() ?? [];
			const allNs = groups.reduce((sum, { cpuNs }) => sum + (cpuNs ?? 0), 0);
			const workers = groups.find((group) => group.kind === kind);
			expect(workers).toMatchObject({ script: server, isolates: 2, answering, ended: 0 });
			expect((workers?.cpuNs ?? 0) / allNs).toBeGreaterThan(0.8);
			expect((allocated?.allocatedBytes ?? 0) / REQUESTS / BYTES).toBeGreaterThan(0.95);
			expect((allocated?.allocatedBytes ?? 0) / REQUESTS / BYTES).toBeLessThan(1.6);
		}));

	it("is profiled where it works", { timeout: 90_000 }, () =>
		withCollection(
			v8Cpu,
			{ argv: [process.execPath, fixture(server)], windowMs: 700, warmupMs: 300 },
			({ collected: { tree, notes }, record }) => {
				const hot = functionTicks(tree).find(({ frame }) => frame.name === "hotWork");
				expect((hot?.totalTicks ?? 0) / totalTicks(tree)).toBeGreaterThan(0.9);
				expect(tree.frames.filter((frame) => frame.kind === "process").map(({ name }) => name)).toContain(
					`(${kind} ${server})`,
				);
				expect(notes).toContainEqual({ kind: "isolates", isolates: expect.any(Number) });
				expect(record.findings.map(({ code }) => code)).toContain("SEVERAL_ISOLATES");
			},
		),
	);
});

it("az-prof's own code in them is in no tree, as the build knows where it lies", { timeout: 60_000 }, async () => {
	const out = temporaryFolder();
	const window = ["-d", "500ms", "--warmup", "100ms", "-c", "2", "--out", out, "--json"];
	const { stdout } = await runCli(["flame", "/", "--with", "v8", ...window, "--", "node", fixture("cluster.mjs")]);
	const { folder, profiles } = recordOf(stdout, "flame");
	const tree = callTreeSchema.parse(JSON.parse(readFileSync(join(folder, profiles[0]?.treeFile ?? ""), "utf8")));
	expect(tree.frames.map(({ name }) => name)).toContain("hotWork");
	expect(tree.frames.filter(({ file }) => file?.includes("/target/agent/") === true)).toEqual([]);
});

it("a worker that ends midway has its say, and the one that takes its place takes part", () =>
	withTarget("cluster.mjs", async (target) => {
		const every = new EveryAgent(target.agents, { begin: "allocation.begin", end: "allocation.end" });
		const census = new IsolateCensus(target);
		await every.begin();
		await ask(target, 4);
		await ask(target, 1, "/ends");
		await expect.poll(() => target.agents.now().filter(({ ports }) => ports.length > 0).length).toBe(2);
		await expect.poll(() => target.agents.now().length, { timeout: 10_000 }).toBe(3);
		await ask(target, 4);
		const watched = await every.end();
		const told = watched.flatMap((each) => (each.kind === "told" ? [each] : []));
		expect(told.map(({ ended }) => ended).toSorted()).toEqual([false, false, false, true]);
		const last = told.find(({ ended }) => ended)?.value as { allocatedBytes: number };
		expect(last.allocatedBytes).toBeGreaterThan(BYTES);
		expect(census.close()?.find((group) => group.kind === "cluster worker")).toMatchObject({ isolates: 3, ended: 1 });
	}));
