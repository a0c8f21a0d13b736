import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { type ClinicSettings, clinicWith } from "#src/collect/clinic/clinic.js";
import { type ClinicTool, clinicTools } from "#src/collect/clinic/tools.js";
import type { CollectContext, Collected } from "#src/collect/collector.js";
import { realWorld } from "#src/commands/real-world.js";
import { investigateFlame } from "#src/investigate/flame.js";
import type { FlameRun } from "#src/model/run.js";
import { entryPoint } from "#src/process/entry-point.js";
import { processesWithEnvironment } from "#src/process/process-table.js";
import { sentenceOf } from "#src/report/sentences/finding.js";
import { type Collection, type Scenario, withCollection } from "./support/collecting.js";
import { fixture } from "./support/run-cli.js";

// clinic's tools against the reference gateway, with short loads; what they leave is read, not just there.

const MARK = "AZ_PROF_CLINIC_TEST";
const marked = { [MARK]: String(process.pid) };
const nothingRuns = (): boolean => processesWithEnvironment(MARK, String(process.pid)).length === 0;

describe("clinic", () => {
	const out = mkdtempSync(join(tmpdir(), "az-prof-clinic-"));
	const collected = new Map<string, Collected>();
	let record: FlameRun;
	let runFolder = "";

	/** One run of all four, as `az-prof flame --with` does it. */
	beforeAll(async () => {
		const collectors = clinicTools.map((tool) => {
			const collector = clinicWith(tool);
			const keep = async (context: CollectContext): Promise<Collected> => {
				const brought = await collector.collect(context);
				collected.set(tool, brought);
				return brought;
			};
			return { ...collector, collect: keep };
		});
		const { durationMs, warmupMs } = { durationMs: 1_000, warmupMs: 300 };
		const outcome = await investigateFlame(
			{
				commandLine: [],
				target: {
					kind: "command",
					argv: [
						...[process.execPath, entryPoint("gateway/main"), "--no-auth", "--host", "127.0.0.1", "--port", "0"],
						...["--rate-limit-max", "0", "--log", "none"],
					],
					env: { ...marked, NODE_ENV: "production" },
					cwd: out,
					port: null,
				},
				load: { kind: "closed", clients: 8, durationMs, warmupMs, warmupMaxMs: 2 * warmupMs, timeoutMs: 10_000 },
				expectedStatus: null,
				startTimeoutMs: 20_000,
				out: join(out, "runs"),
				secrets: [],
				keepsLog: true,
				signal: new AbortController().signal,
				say: () => {},
				warn: () => {},
				endpoint: { method: "GET", path: "/metrics", headers: {}, body: null },
				collectors,
				quick: false,
				answered: null,
			},
			realWorld,
		);
		record = outcome.record;
		runFolder = outcome.folder.path;
	}, 90_000);
	afterAll(() => rmSync(out, { recursive: true, force: true }));

	function broughtBy(tool: ClinicTool): Collected {
		const brought = collected.get(tool);
		if (brought === undefined) throw new Error(record.findings.map(sentenceOf).join("\n"));
		return brought;
	}

	const pageOf = (tool: ClinicTool): string =>
		readFileSync(join(runFolder, `clinic-${tool}`, `clinic-${tool}.html`), "utf8");

	it("leaves nothing but what is in the folders of the collectors", () => {
		expect(nothingRuns()).toBe(true);
		// Neither trace logs nor V8's logs in the target's own folder.
		expect(readdirSync(out)).toEqual(["runs"]);
		expect(record.profiles.map(({ id }) => id)).toEqual(clinicTools.map((tool) => `clinic-${tool}`));
		for (const { files } of record.profiles) {
			for (const { path } of files) expect(existsSync(join(runFolder, path))).toBe(true);
		}
		for (const tool of clinicTools) {
			expect(readdirSync(join(runFolder, `clinic-${tool}`)).filter((name) => name === "work")).toEqual([]);
		}
	});

	it("doctor: its series and its verdict", () => {
		const { readings, measurement, tree } = broughtBy("doctor");
		expect(pageOf("doctor")).toContain("Clinic Doctor");
		expect(tree).toBeNull();
		expect(["none", "gc", "event-loop", "io", "data", "unknown"]).toContain(readings?.verdict?.category);
		expect(Object.keys(readings?.verdict?.issues ?? {})).toContain("memory heapUsed");
		const points = (label: string) => readings?.series.find((each) => each.label === label)?.points ?? [];
		const cpu = points("CPU");
		expect(cpu.length).toBeGreaterThan(5);
		expect(Math.max(...cpu.map(([atMs]) => atMs))).toBeGreaterThan(700);
		// Two readings of one target: clinic's own and ours, from the kernel.
		const mean = cpu.reduce((sum, [, share]) => sum + share, 0) / cpu.length;
		const ours = (measurement.cpu?.totalNs ?? 0) / measurement.measuredNs;
		expect(mean / ours).toBeGreaterThan(0.6);
		expect(mean / ours).toBeLessThan(1.6);
		expect(Math.min(...points("heap used").map(([, bytes]) => bytes))).toBeGreaterThan(2e6);
	});

	it("flame: its samples as a call tree", () => {
		const { tree, ticks } = broughtBy("flame");
		expect(pageOf("flame")).toContain("Clinic Flame");
		if (tree === null || ticks === null) throw new Error("no tree");
		expect(ticks.busy).toBeGreaterThan(200);
		expect(totalTicks(tree)).toBe(ticks.busy);
		expect(tree.frames.some(({ package: name }) => name === "fastify")).toBe(true);
		const render = functionTicks(tree).find(({ frame }) => frame.name === "getMetricsAsString");
		expect(render?.frame.package).toBe("prom-client");
	});

	it("heapprofiler: its profile as a call tree of bytes", () => {
		const { tree, measures } = broughtBy("heapprofiler");
		expect(pageOf("heapprofiler")).toContain("Clinic Heap Profiler");
		expect(measures).toBe("allocation");
		if (tree === null) throw new Error("no tree");
		// The heap of a started server is megabytes, a tick 32 KiB of it.
		expect(totalTicks(tree) * 32_768).toBeGreaterThan(1e6);
		expect(tree.frames.some(({ package: name }) => name === "fastify")).toBe(true);
	});

	it("bubbleprof: its asynchronous operations, under a load of its own", () => {
		const { readings, measurement } = broughtBy("bubbleprof");
		expect(pageOf("bubbleprof")).toContain("Clinic Bubbleprof");
		const requests = measurement.counts.ok;
		expect(requests).toBeGreaterThan(5);
		const messages = readings?.asyncOperations?.find(({ type }) => type === "HTTPINCOMINGMESSAGE");
		// Node calls back once for every request that it parses; some are on their way at either end of the window.
		expect(messages?.callbacks).toBeGreaterThanOrEqual(requests - 4);
		expect(messages?.callbacks).toBeLessThanOrEqual(requests + 6);
		expect(messages?.callbackMs).toBeGreaterThan(0);
	});
});

function under<T>(
	tool: ClinicTool,
	use: (collection: Collection<Collected>) => T,
	scenario: Scenario,
	settings: Partial<ClinicSettings> = {},
): Promise<T> {
	return withCollection(clinicWith(tool, settings), scenario, use);
}

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
		await expect(under("doctor", () => {}, small, { program, endStepMs: 200 })).rejects.toThrow(
			/clinic doctor ended without leaving a page: it left no data either/,
		);
		expect(nothingRuns()).toBe(true);
	});

	it("ends it when it hangs in its analysis", async () => {
		const program = fake("hangs", [...starts, "setInterval(() => {}, 1_000);", 'process.on("SIGTERM", () => {});']);
		await expect(under("doctor", () => {}, small, { program, endStepMs: 200, analysisLimitMs: 1_500 })).rejects.toThrow(
			/clinic doctor did not finish within 1.5 s after the load; a shorter --duration/,
		);
		expect(nothingRuns()).toBe(true);
	});

	it("leaves nothing when it is interrupted in its analysis", async () => {
		const program = fake("is-interrupted", [...starts, "setInterval(() => {}, 1_000);"]);
		const interrupt = new AbortController();
		const scenario: Scenario = {
			...small,
			signal: interrupt.signal,
			beforeEnd: () => void setTimeout(() => interrupt.abort(new Error("interrupted")), 400),
		};
		await expect(under("doctor", () => {}, scenario, { program, endStepMs: 200 })).rejects.toThrow();
		expect(nothingRuns()).toBe(true);
	});

	it("refuses a command that clinic cannot run", async () => {
		const other: Scenario = { ...small, argv: ["sh", "-c", `exec ${process.execPath} ${fixture("ok.cjs")}`] };
		await expect(under("doctor", () => {}, other)).rejects.toThrow(/clinic doctor cannot run sh/);
	});

	it("bubbleprof gets its data from a server that does nothing about signals", async () => {
		await under(
			"bubbleprof",
			({ collected: { readings, notes } }) => {
				expect(readings?.asyncOperations?.length).toBeGreaterThan(3);
				expect(notes.map(({ kind }) => kind)).not.toContain("target ended by signal");
			},
			small,
		);
		expect(nothingRuns()).toBe(true);
	});

	it("gets its data from a target that ignores SIGINT", async () => {
		await under("heapprofiler", ({ collected }) => expect(collected.tree).not.toBeNull(), {
			...small,
			argv: [process.execPath, fixture("ignores-sigint.cjs")],
		});
		expect(nothingRuns()).toBe(true);
	});
});
