import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { processesWithEnvironment } from "#src/process/process-table.js";
import { compare, injected, out, TIMEOUT_MS } from "./support/comparing.js";
import { fixture, temporaryFolder } from "./support/run-cli.js";

describe("sides", { timeout: TIMEOUT_MS }, () => {
	it("may be two commands; a different answer is said before measuring", async () => {
		const folder = temporaryFolder();
		const other = join(folder, "other.cjs");
		writeFileSync(
			other,
			'require("node:http").createServer((_, r) => { r.setHeader("content-type", "application/json"); r.end(\'{"new":1}\'); }).listen(process.env.PORT, "127.0.0.1");',
		);
		const { stderr, run } = await compare([
			"--base-cmd",
			`node ${fixture("ok.cjs")}`,
			"--head-cmd",
			`node ${other}`,
			"--within",
			"2s",
		]);
		expect(stderr).toContain('differently: the body has "ok" in base only');
		expect(run().findings.map((finding) => finding.code)).toContain("ANSWERS_DIFFER");
	});

	it("may be two commits, and the worktrees are removed", async () => {
		const repository = temporaryFolder();
		const git = (...args: string[]): string =>
			execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
				cwd: repository,
				encoding: "utf8",
			});
		const server = (burn: number): string =>
			`require("node:http").createServer((_, r) => { let x = 1; for (let i = 0; i < ${burn}; i++) x = Math.imul(x, 1664525) + 1; r.end("ok" + (x > 0 ? "" : "")); }).listen(process.env.PORT, "127.0.0.1");`;
		git("init", "-q", "-b", "main");
		writeFileSync(join(repository, "server.js"), server(100));
		writeFileSync(join(repository, "package.json"), '{"scripts":{"start":"node server.js"}}');
		git("add", ".");
		git("commit", "-qm", "one");
		writeFileSync(join(repository, "server.js"), server(300_000));
		const { run, code } = await compare(["--base", "main", "--fail-on", "cpu=5%"], { cwd: repository });
		expect(run().comparison?.verdict).toBe("regressed");
		expect(run().comparison?.sides.map(({ label }) => label)).toEqual([
			expect.stringMatching(/^main \([0-9a-f]{7,}\)$/),
			"working tree",
		]);
		expect(code).toBe(1);
		expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);
	});
});

describe("bad input", { timeout: TIMEOUT_MS }, () => {
	it.each<[string, string[], RegExp]>([
		["no side", ["--", "node", fixture("ok.cjs")], /which two sides\?.*--base/],
		["one command of two", ["--base-cmd", "node a.js"], /one side has no command; give both/],
		["two ways to name them", ["--base", "main", "--base-env", "A=1", "--", "node", "a.js"], /which two sides\?/],
		["a ref that is not there", ["--base", "no-such-ref", "--", "node", "a.js"], /no-such-ref/],
		["a margin that is none", ["--base", "main", "--fail-on", "cpu=lots"], /--fail-on "cpu=lots" is not understood/],
		["a metric that is none", ["--base", "main", "--fail-on", "rps=5%"], /metrics are errors, p50/],
		["a port", ["--base", "main", "-p", "3000"], /two servers at once/],
		["a url", ["--base", "main", "--url", "http://127.0.0.1:9"], /behind --url/],
		["an inconclusive result that is none", ["--base", "main", "--on-inconclusive", "maybe"], /write pass or fail/],
		[
			"a side that does not start",
			["--base-cmd", `node ${fixture("ok.cjs")}`, "--head-cmd", `node ${fixture("exits-at-once.cjs")}`],
			/head: the target exited with code 3/,
		],
		[
			"a side that answers something else",
			["--base-cmd", `node ${fixture("always-500.cjs")}`, "--head-cmd", `node ${fixture("ok.cjs")}`],
			/base: GET \/ answers 500/,
		],
	])("%s", async (_, args, pattern) => {
		const { code, stderr } = await compare(args);
		expect(stderr).toMatch(pattern);
		expect(code).toBe(2);
	});

	it("a side that dies half-way: what was measured is kept", async () => {
		const { code, stderr, run } = await compare([
			"--base-cmd",
			`node ${fixture("ok.cjs")}`,
			"--head-cmd",
			`node ${fixture("dies-midway.cjs")}`,
			"--set",
			"10s",
		]);
		expect(stderr).toMatch(/head exited with code 9 under load/);
		expect(code).toBe(2);
		expect(run()).toMatchObject({ state: { kind: "partial" } });
	});

	it("a side that limits its rate", async () => {
		const folder = temporaryFolder();
		const limited = join(folder, "limited.cjs");
		writeFileSync(
			limited,
			'let n = 0; require("node:http").createServer((_, r) => { r.statusCode = ++n > 300 ? 429 : 200; r.end("ok"); }).listen(process.env.PORT, "127.0.0.1");',
		);
		const { code, stderr } = await compare([
			"--base-cmd",
			`node ${fixture("ok.cjs")}`,
			"--head-cmd",
			`node ${limited}`,
		]);
		expect(stderr).toMatch(/head answers \d+ % of the requests with 429.*rate limit/);
		expect(code).toBe(2);
	});

	it.each(["SIGINT", "SIGKILL"] as const)("%s leaves no process", async (signal) => {
		const value = `${process.pid}-${Math.random()}`;
		const { code } = await compare(["--head-env", "INJECT=none", ...injected], {
			env: { AZ_PROF_TEST_RUN: value },
			started: (child) => setTimeout(() => child.kill(signal), 2_500),
		});
		if (signal === "SIGINT") expect(code).toBe(130);
		await expect.poll(() => processesWithEnvironment("AZ_PROF_TEST_RUN", value), { timeout: 5_000 }).toEqual([]);
		expect(readdirSync(out).length).toBeGreaterThan(0);
	});
});
