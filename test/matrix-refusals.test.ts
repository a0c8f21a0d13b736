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
