import { execFileSync, spawn } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LoadRun } from "#src/model/run.js";
import { recordOf, type Told } from "./support/record-of.js";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";

const out = temporaryFolder();
const short = ["-d", "400ms", "--warmup", "200ms", "-c", "8", "--out", out, "--json"];

type JsonRun = LoadRun & Told;

async function load(args: readonly string[], cwd?: string): Promise<JsonRun> {
	const result = await runCli(["load", "/", ...short, ...args], cwd === undefined ? {} : { cwd });
	expect(result.stderr).toBe("");
	expect(result.code).toBe(0);
	return recordOf(result.stdout, "load");
}

const hasPython = ((): boolean => {
	try {
		execFileSync("python3", ["--version"], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
})();

describe("a target is found without a word about its port", () => {
	it.each([
		["CommonJS", ["node", fixture("ok.cjs")]],
		["ESM that chooses its own port", ["node", fixture("esm.mjs")]],
		["behind a shell", ["sh", "-c", `node ${fixture("ok.cjs")}; true`]],
	])("%s", async (_, command) => {
		const run = await load(["--", ...command]);
		expect(run.measurements[0]?.counts.ok).toBeGreaterThan(0);
		expect(run.measurements[0]?.cpu).toMatchObject({ source: "schedstat" });
		expect(run.target).toMatchObject({ nodeVersion: process.versions.node });
	});

	it("npm start", async () => {
		const folder = temporaryFolder();
		cpSync(fixture("ok.cjs"), join(folder, "server.cjs"));
		writeFileSync(join(folder, "package.json"), JSON.stringify({ scripts: { start: "node server.cjs" } }));
		const run = await load(["--", "npm", "start"], folder);
		expect(run.measurements[0]?.counts.ok).toBeGreaterThan(0);
		expect(run.target).toMatchObject({ nodeVersion: process.versions.node });
		expect(run.target).toMatchObject({ cwd: expect.stringMatching(new RegExp(`${folder}$`)) });
	});

	it.runIf(hasPython)("a server that is not Node", async () => {
		const run = await load(["--", "python3", fixture("server.py")]);
		expect(run.measurements[0]?.counts.ok).toBeGreaterThan(0);
		expect(run.measurements[0]?.cpu?.nsPerRequest).toBeGreaterThan(0);
		expect(run.target).toMatchObject({ nodeVersion: null });
	});
});

it("a server that runs already is loaded by its URL, its CPU read where it can be seen, and left running", async () => {
	const server = spawn(process.execPath, [fixture("esm.mjs")], { stdio: "ignore" });
	try {
		const port = await portOf(server.pid as number);
		const run = await load(["--url", `http://127.0.0.1:${port}`]);
		expect(run.measurements[0]?.counts.ok).toBeGreaterThan(0);
		expect(run.measurements[0]?.cpu?.nsPerRequest).toBeGreaterThan(0);
		expect(server.exitCode).toBeNull();
	} finally {
		server.kill("SIGKILL");
	}
});

async function portOf(pid: number): Promise<number> {
	const { listenersAmong } = await import("#src/target/listening-ports.js");
	await expect.poll(() => listenersAmong([pid])[0]?.port).toBeGreaterThan(0);
	return listenersAmong([pid])[0]?.port as number;
}

it("a token reaches the target, and never the disk", async () => {
	const token = "az_0123456789abcdef-secret";
	const run = await load(["--token", token, "--keep-log", "--", "node", fixture("prints-token.cjs")]);
	expect(run.measurements[0]?.counts.ok).toBeGreaterThan(0);
	expect(readFileSync(join(run.folder, "target-clean.log"), "utf8")).toContain("authorization: [secret]");
	for (const file of readdirSync(run.folder, { recursive: true, withFileTypes: true })) {
		if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name), "latin1")).not.toContain(token);
	}
});
