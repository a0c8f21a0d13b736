import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { processesWithEnvironment } from "#src/process/process-table.js";
import { fastify, matrix, out, short, TIMEOUT_MS, type Told } from "./support/matrix-runs.js";
import { fixture } from "./support/run-cli.js";

it("layers of a Fastify application are listed as a tree", async () => {
	const { code, stdout } = await matrix(["--list", ...fastify]);
	expect(code).toBe(0);
	for (const name of ["heavy", "light", "greeting", "preHandler"]) expect(stdout).toContain(name);
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

	// Names of the reference gateway's layers are known: no process is started for these.
	it.each([
		["a layer that the gateway has not", ["--layers", "nope"], /^az-prof: there is no layer "nope" for --layers;/],
		["no layer", ["--layers", ""], /^az-prof: --layers names no layer/],
		["a layer chosen and left out", ["--layers", "cors", "--without", "cors"], /both name cors/],
		["no name", ["--only", ","], /^az-prof: --only names no layer/],
		["a layer measured and kept", ["--only", "cors", "--skip", "cors"], /^az-prof: --only and --skip both name cors/],
		["nothing to profile", ["--profile", ""], /^az-prof: --profile names no layer/],
	])("%s is refused before anything is started", async (_, args, sentence) => {
		const folder = join(out, "refused");
		const { code, stderr } = await matrix(["/metrics", "--out", folder, ...args]);
		expect(stderr).toMatch(sentence);
		expect(code).toBe(2);
		expect(existsSync(folder)).toBe(false);
	});

	it("a flamegraph of a layer that there is not is refused before anything is measured", async () => {
		const { code, stderr, run } = await matrix([...["/items", ...short, "--profile", "haevy", "--json", ...fastify]]);
		expect(stderr).toMatch(/--profile haevy: there is no such layer; the nearest is heavy; matrix --list shows all/);
		expect(code).toBe(2);
		expect(run().matrix).toBeNull();
		expect(run().stack.layers.length).toBeGreaterThan(3);
	});
});

describe("a signal", { timeout: TIMEOUT_MS }, () => {
	it("while layers are tried interrupts the run, and keeps which layers were found", async () => {
		const folder = join(out, "trying");
		const mark = `matrix-trying-${process.pid}`;
		const { code, stderr, run } = await matrix(["/items", ...short, "--out", folder, "--json", ...fastify], {
			env: { MATRIX_TEST: mark },
			started: (child) => signalWhen(child, folder, "SIGINT", ({ stack }) => stack != null),
		});
		expect(stderr).toMatch(/^az-prof: interrupted by SIGINT: what was measured until then is kept/m);
		expect(code).toBe(130);
		expect(run().state).toEqual({ kind: "partial", reason: expect.stringContaining("interrupted by SIGINT") });
		expect(run().stack.layers.map(({ name }) => name)).toContain("greeting");
		expect(run().stack.layers.filter(({ keptIn }) => keptIn?.reason === "needed")).toEqual([]);
		expect(run().matrix).toBeNull();
		await expect.poll(() => processesWithEnvironment("MATRIX_TEST", mark), { timeout: 5_000 }).toEqual([]);
	});

	// Ctrl-C at every step is told on a simulated world, in middleware-matrix/story.
	it("SIGTERM after a set shows and keeps the effects so far, and leaves no process", async () => {
		const mark = `matrix-SIGTERM-${process.pid}`;
		const folder = join(out, "SIGTERM");
		const started = (child: ChildProcess): void =>
			signalWhen(child, folder, "SIGTERM", (record) => (record.matrix?.sets.length ?? 0) > 0);
		const { code, stdout, stderr } = await matrix(
			["/items", ...short, "--out", folder, "--within", "60s", "--profile", "none", ...fastify],
			{ env: { MATRIX_TEST: mark }, started },
		);
		expect(code).toBe(143);
		expect(stderr).toContain("interrupted by SIGTERM");
		expect(stdout).toMatch(/^heavy /m);
		const record = savedIn(folder);
		expect(record?.state?.kind).toBe("partial");
		expect(record?.matrix?.sets.length).toBeGreaterThan(0);
		expect(record?.matrix?.sets.length).toBeLessThan(6);
		await expect.poll(() => processesWithEnvironment("MATRIX_TEST", mark), { timeout: 5_000 }).toEqual([]);
	});
});

/** The record of the only run in a folder; null before there is one: until then its folder has a name with a dot. */
function savedIn(folder: string): Partial<Told> | null {
	const [run] = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d.*-matrix-/.test(name)) : [];
	return run === undefined ? null : JSON.parse(readFileSync(join(folder, run, "run.json"), "utf8"));
}

function signalWhen(
	child: ChildProcess,
	folder: string,
	signal: NodeJS.Signals,
	isTime: (record: Partial<Told>) => boolean,
): void {
	const timer = setInterval(() => {
		const record = savedIn(folder);
		if (record === null || !isTime(record)) return;
		clearInterval(timer);
		child.kill(signal);
	}, 50);
	child.once("exit", () => clearInterval(timer));
}
