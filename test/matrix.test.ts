import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LayerEffect, Matrix } from "../src/model/matrix.js";
import type { RunRecord } from "../src/model/run-record.js";
import { processesWithEnvironment } from "../src/process/process-table.js";
import { fixture, runCli, temporaryFolder } from "./run-cli.js";

/** The whole of `az-prof matrix` on real processes; how often it names the right layer is measured by scripts/matrix-bench.mjs. */
const out = temporaryFolder();
const short = ["--warmup-requests", "400", "--set", "250ms", "-c", "8", "--within", "4s", "--out", out];
const TIMEOUT_MS = 90_000;
const switched = ["--", "node", fixture("switched-layers.cjs")];
const fastify = ["--", "node", fixture("fastify-layers.cjs")];

type Told = RunRecord & { headline: string; folder: string; matrix: Matrix };

async function matrix(args: readonly string[], options: Parameters<typeof runCli>[1] = {}) {
	const result = await runCli(["matrix", ...args], options);
	const run = (): Told => JSON.parse(result.stdout);
	const cpuOf = (factor: string): LayerEffect | undefined =>
		run().matrix.effects.find((each) => each.factor === factor && each.metric === "cpu");
	return { ...result, run, cpuOf };
}

describe("layers that the user names", { timeout: TIMEOUT_MS }, () => {
	it("are measured on any server; a dear one is named, and what fails without its layer is said and left out", async () => {
		const { code, run, cpuOf } = await matrix([
			"/",
			...short,
			"--layer",
			"heavy=env:HEAVY=0",
			"--layer",
			"free=flag:--no-free",
			"--layer",
			"anchor=env:ANCHOR=0",
			"--skip",
			"anchor",
			"--profile",
			"none",
			"--json",
			...switched,
		]);
		expect(code).toBe(0);
		const { matrix: found, headline } = run();
		expect(found.method).toBe("settings");
		expect(found.sets.length).toBeGreaterThanOrEqual(3);
		expect(cpuOf("heavy")).toMatchObject({ verdict: "costs" });
		expect(cpuOf("heavy")?.share ?? 0).toBeGreaterThan(0.3);
		expect(Math.abs(cpuOf("free")?.share ?? 1)).toBeLessThan(0.3);
		expect(cpuOf("anchor")).toBeUndefined();
		expect(found.layers.find(({ id }) => id === "anchor")?.keptIn?.reason).toBe("not chosen");
		expect(headline).toContain("heavy");
	});

	it("without which the target dies or refuses under load are not measured; the others are", async () => {
		const { code, run } = await matrix([
			"/",
			...short,
			"--layer",
			"heavy=env:HEAVY=0",
			"--layer",
			"anchor=env:ANCHOR=0",
			"--layer",
			"guard=env:GUARD=0",
			"--profile",
			"none",
			"--json",
			...switched,
		]);
		// Without either of them bare cannot be measured at all, and that is what is said.
		expect(code).toBe(2);
		expect(run().status).toBe("partial");
		expect(run().partialReason).toMatch(/without any of its layers the target cannot be measured on GET \//);
		expect(run().matrix).toBeNull();
	});
});

describe("layers of a Fastify application", { timeout: TIMEOUT_MS }, () => {
	it("are found, left out, measured, profiled and shown", async () => {
		const { code, run, cpuOf } = await matrix([
			"/items",
			...short,
			"--only",
			"heavy,greeting",
			"--profile-duration",
			"600ms",
			"--json",
			"--markdown",
			join(out, "summary.md"),
			...fastify,
		]);
		expect(code).toBe(0);
		const { matrix: found, profiles, folder } = run();
		expect(found.framework).toMatchObject({ name: "fastify" });
		expect(found.method).toBe("absent");
		expect(cpuOf("heavy")).toMatchObject({ verdict: "costs" });
		const reasonOf = (name: string) => found.layers.find((layer) => layer.name === name)?.keptIn?.reason;
		expect([reasonOf("heavy"), reasonOf("light"), reasonOf("greeting")]).toEqual([undefined, "not chosen", "needed"]);
		expect(profiles.map(({ variant, collector }) => `${variant} ${collector}`)).toEqual([
			"bare v8",
			"all v8",
			"bare heap",
			"all heap",
		]);
		const heavy = found.attributions.find(({ factor }) => factor === "heavy");
		expect(heavy?.profiledNsPerRequest ?? 0).toBeGreaterThan(0.5 * (heavy?.measuredNsPerRequest ?? Infinity));
		expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("heavy");
		expect(readFileSync(join(out, "summary.md"), "utf8")).toContain("heavy");
	});

	it("are switched in one warm process by --quick, with the same answer", async () => {
		const { code, run, cpuOf } = await matrix([
			"/items",
			...short,
			"--quick",
			"--only",
			"heavy,light",
			"--profile",
			"none",
			"--json",
			...fastify,
		]);
		expect(code).toBe(0);
		expect(run().matrix.method).toBe("toggled");
		expect(run().matrix.design.rotation).toBe(1);
		expect(Math.abs(cpuOf("light")?.share ?? 1)).toBeLessThan(0.3);
		expect(cpuOf("heavy")).toMatchObject({ verdict: "costs" });
	});

	it("are listed as a tree", async () => {
		const { code, stdout } = await matrix(["--list", ...fastify]);
		expect(code).toBe(0);
		for (const name of ["heavy", "light", "greeting", "preHandler"]) expect(stdout).toContain(name);
	});
});

describe("what cannot be measured", { timeout: TIMEOUT_MS }, () => {
	it.each([
		["a server that is not Fastify", ["/", "--", "node", fixture("ok.cjs")], /--layer/],
		["a layer that there is not", ["/items", "--skip", "lihgt", ...fastify], /nearest is light/],
		["no endpoint", fastify, /which endpoint/],
		["an endpoint that is not there", ["/nothing", ...fastify], /404/],
		["a design that there is not", ["/items", "--design", "latin", ...fastify], /one-at-a-time, factorial, screen/],
	])("%s: says what to do, exit 2", async (_, args, sentence) => {
		const { code, stderr } = await matrix(["--out", out, ...args]);
		expect(stderr).toMatch(sentence);
		expect(code).toBe(2);
	});

	it("Ctrl-C keeps the effects so far, and leaves no process", async () => {
		const mark = `matrix-test-${process.pid}`;
		const folder = join(out, "interrupted");
		const { code, run } = await matrix(
			["/items", ...short, "--out", folder, "--within", "60s", "--profile", "none", "--json", ...fastify],
			{ env: { MATRIX_TEST: mark }, started: (child) => interruptAfterASet(child, folder) },
		);
		expect(code).toBe(130);
		expect(run().status).toBe("partial");
		expect(run().matrix.sets.length).toBeGreaterThan(0);
		expect(run().matrix.sets.length).toBeLessThan(6);
		await expect.poll(() => processesWithEnvironment("MATRIX_TEST", mark), { timeout: 5_000 }).toEqual([]);
	});
});

function interruptAfterASet(child: ChildProcess, folder: string): void {
	const timer = setInterval(() => {
		const [run] = existsSync(folder) ? readdirSync(folder).filter((name) => name.includes("-matrix-")) : [];
		if (run === undefined) return;
		const record = JSON.parse(readFileSync(join(folder, run, "run.json"), "utf8")) as Partial<Told>;
		if (record.matrix == null) return;
		clearInterval(timer);
		child.kill("SIGINT");
	}, 200);
	child.once("exit", () => clearInterval(timer));
}
