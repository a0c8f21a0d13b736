import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { functionTicks, totalTicks } from "../src/analyse/call-tree.js";
import { type ClinicSettings, clinicWith } from "../src/collect/clinic.js";
import type { ClinicTool } from "../src/collect/clinic/tools.js";
import type { Collected } from "../src/collect/collector.js";
import { entryPoint } from "../src/process/entry-point.js";
import { processesWithEnvironment } from "../src/process/process-table.js";
import { type Collection, type Scenario, withCollection } from "./collecting.js";
import { fixture } from "./run-cli.js";

// clinic's tools against the reference gateway, with short loads; what they leave is read, not just there.

const MARK = "AZ_PROF_CLINIC_TEST";
const marked = { [MARK]: String(process.pid) };
const gateway: Scenario = {
	argv: [
		...[process.execPath, entryPoint("src/gateway/main"), "--no-auth", "--host", "127.0.0.1", "--port", "0"],
		...["--rate-limit-max", "0", "--log", "none"],
	],
	path: "/metrics",
	env: { ...marked, NODE_ENV: "production" },
	windowMs: 1_000,
	warmupMs: 300,
};

function under<T>(
	tool: ClinicTool,
	use: (collection: Collection<Collected>) => T,
	scenario: Scenario = gateway,
	settings: Partial<ClinicSettings> = {},
): Promise<T> {
	return withCollection(clinicWith(tool, settings), scenario, use);
}

const nothingRuns = (): boolean => processesWithEnvironment(MARK, String(process.pid)).length === 0;

function pageOf({ folder }: Collection<Collected>, tool: ClinicTool): string {
	// Nothing but what is worth keeping.
	expect(readdirSync(folder).some((name) => name === "work")).toBe(false);
	return readFileSync(join(folder, `clinic-${tool}.html`), "utf8");
}

describe("clinic", () => {
	it("doctor: its series and its verdict", async () => {
		await under("doctor", (collection) => {
			expect(pageOf(collection, "doctor")).toContain("Clinic Doctor");
			const { readings, measurement, tree } = collection.collected;
			expect(tree).toBeNull();
			expect(["none", "gc", "event-loop", "io", "data", "unknown"]).toContain(readings?.verdict?.category);
			expect(Object.keys(readings?.verdict?.issues ?? {})).toContain("memory heapUsed");
			const cpu = readings?.series.find(({ label }) => label === "CPU")?.points ?? [];
			expect(cpu.length).toBeGreaterThan(5);
			expect(Math.max(...cpu.map(([atMs]) => atMs))).toBeGreaterThan(700);
			// Two readings of one target: clinic's own and ours, from the kernel.
			const mean = cpu.reduce((sum, [, share]) => sum + share, 0) / cpu.length;
			const ours = (measurement.cpu?.totalNs ?? 0) / measurement.windowNs;
			expect(mean / ours).toBeGreaterThan(0.6);
			expect(mean / ours).toBeLessThan(1.6);
			const heap = readings?.series.find(({ label }) => label === "heap used")?.points ?? [];
			expect(Math.min(...heap.map(([, bytes]) => bytes))).toBeGreaterThan(2e6);
		});
		expect(nothingRuns()).toBe(true);
	});

	it("flame: its samples as a call tree", async () => {
		await under("flame", (collection) => {
			expect(pageOf(collection, "flame")).toContain("Clinic Flame");
			const { tree, ticks } = collection.collected;
			if (tree === null || ticks === null) throw new Error("no tree");
			expect(ticks.busy).toBeGreaterThan(200);
			expect(totalTicks(tree)).toBe(ticks.busy);
			expect(tree.frames.some(({ package: name }) => name === "fastify")).toBe(true);
			const render = functionTicks(tree).find(({ frame }) => frame.name === "getMetricsAsString");
			expect(render?.frame.package).toBe("prom-client");
		});
		expect(nothingRuns()).toBe(true);
	});

	it("heapprofiler: its profile as a call tree of bytes", async () => {
		await under("heapprofiler", (collection) => {
			expect(pageOf(collection, "heapprofiler")).toContain("Clinic Heap Profiler");
			const { tree, measures } = collection.collected;
			expect(measures).toBe("allocation");
			if (tree === null) throw new Error("no tree");
			// The heap of a started server is megabytes, a tick 32 KiB of it.
			expect(totalTicks(tree) * 32_768).toBeGreaterThan(1e6);
			expect(tree.frames.some(({ package: name }) => name === "fastify")).toBe(true);
			expect(existsSync(join(collection.folder, "clinic-heapprofiler.heapprofile"))).toBe(true);
		});
		expect(nothingRuns()).toBe(true);
	});

	it("bubbleprof: its asynchronous operations, under a load of its own", async () => {
		await under("bubbleprof", (collection) => {
			expect(pageOf(collection, "bubbleprof")).toContain("Clinic Bubbleprof");
			const { readings, measurement } = collection.collected;
			const requests = measurement.counts.ok;
			expect(requests).toBeGreaterThan(5);
			const messages = readings?.asyncOperations?.find(({ type }) => type === "HTTPINCOMINGMESSAGE");
			// Node opens one for every request that it parses; some are on their way at either end of the window.
			expect(messages?.count).toBeGreaterThanOrEqual(requests - 4);
			expect(messages?.count).toBeLessThanOrEqual(requests + 6);
			expect(messages?.callbackMs).toBeGreaterThan(0);
			expect(collection.record.profiles[0]?.readings?.asyncOperations?.length).toBeGreaterThan(3);
		});
		expect(nothingRuns()).toBe(true);
	}, 45_000);
});

describe("clinic, when something is wrong", () => {
	const folder = mkdtempSync(join(tmpdir(), "az-prof-fake-clinic-"));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	function fake(name: string, lines: readonly string[]): string {
		const file = join(folder, `${name}.cjs`);
		writeFileSync(file, lines.join("\n"));
		chmodSync(file, 0o755);
		return file;
	}

	const small: Scenario = { argv: [process.execPath, fixture("ok.cjs")], env: marked, windowMs: 300, warmupMs: 100 };
	/** Starts the target as clinic does. */
	const starts = [
		'const { spawn } = require("node:child_process");',
		'const { readdirSync, writeFileSync } = require("node:fs");',
		'const argv = process.argv.slice(process.argv.indexOf("--") + 1);',
		'const target = spawn(argv[0], argv.slice(1), { stdio: "inherit" });',
	];

	it("says how to get it when it is missing", async () => {
		expect(await clinicWith("doctor", { program: null }).unavailable()).toEqual({
			why: expect.stringContaining("not installed"),
			fix: expect.stringContaining("npm install clinic"),
		});
	});

	it("says that it ended without starting anything", async () => {
		const program = fake("does-nothing", []);
		await expect(under("doctor", () => {}, small, { program })).rejects.toThrow(
			/clinic doctor did not bring the server up: it exited with code 0 before it answered; check that clinic/,
		);
	});

	it("says that it left nothing, and removes what lies about", async () => {
		const program = fake("leaves-nothing", [
			...starts,
			'writeFileSync("node_trace.7.log", "{}");',
			'target.on("exit", () => process.exit(0));',
		]);
		await expect(
			under("doctor", () => {}, small, { program, endStepMs: 200 }),
		).rejects.toThrow(/clinic doctor ended without leaving a page: it left no data either/);
		expect(nothingRuns()).toBe(true);
	});

	it("ends it when it hangs in its analysis", async () => {
		const program = fake("hangs", [...starts, "setInterval(() => {}, 1_000);", 'process.on("SIGTERM", () => {});']);
		await expect(
			under("doctor", () => {}, small, { program, endStepMs: 200, analysisLimitMs: 1_500 }),
		).rejects.toThrow(/clinic doctor did not finish within 1.5 s after the load; a shorter --duration/);
		expect(nothingRuns()).toBe(true);
	});

	it("refuses a command that clinic cannot run", async () => {
		const other: Scenario = { ...small, argv: ["sh", "-c", `exec ${process.execPath} ${fixture("ok.cjs")}`] };
		await expect(under("doctor", () => {}, other)).rejects.toThrow(/clinic doctor cannot run sh/);
	});

	it("gets its data from a target that ignores SIGINT", async () => {
		await under(
			"heapprofiler",
			({ collected }) => expect(collected.tree).not.toBeNull(),
			{ ...small, argv: [process.execPath, fixture("ignores-sigint.cjs")] },
		);
		expect(nothingRuns()).toBe(true);
	});
});
