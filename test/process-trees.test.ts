import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { RunRecord } from "#src/model/run.js";
import { processTable, readText } from "#src/process/process-table.js";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";

const out = temporaryFolder();
const short = ["-d", "300ms", "--warmup", "100ms", "-c", "2", "--out", out];
const hasPython = spawnSync("python3", ["--version"]).status === 0;

async function load(...command: readonly string[]): Promise<RunRecord> {
	const result = await runCli(["load", "/", ...short, "--json", "--", ...command]);
	expect(result.stderr).toBe("");
	expect(result.code).toBe(0);
	return JSON.parse(result.stdout) as RunRecord;
}

/** Living processes whose command line is, or holds, this text. */
const processesCalled = (text: string): number[] =>
	processTable()
		.filter(
			({ pid, state }) => pid !== process.pid && state !== "Z" && readText(`/proc/${pid}/cmdline`)?.includes(text),
		)
		.map(({ pid }) => pid);

describe("a server is found wherever it is in what the command starts", () => {
	it.runIf(hasPython)("of another language, behind a launcher that is Node", async () => {
		const run = await load("node", fixture("launches.cjs"), "python3", fixture("server.py"));
		expect(run.measurements[0]?.counts.ok).toBeGreaterThan(0);
		expect(run.target).toMatchObject({ nodeVersion: null });
	});

	it("in a worker thread", async () => {
		const run = await load("node", fixture("in-worker.cjs"));
		expect(run.measurements[0]?.counts.ok).toBeGreaterThan(0);
		expect(run.target).toMatchObject({ nodeVersion: process.versions.node });
	});

	it("beside Node's debugger, which is not the server", async () => {
		const run = await load("node", "--inspect=0", fixture("launches.cjs"), "node", fixture("ok.cjs"));
		expect(run.measurements[0]?.counts.ok).toBeGreaterThan(0);
	});

	it("on IPv6 alone", async () => {
		const run = await load("node", fixture("ipv6-only.cjs"));
		expect(run.measurements[0]?.counts.ok).toBeGreaterThan(0);
		expect(run.target.origin).toMatch(/^http:\/\/\[::1\]:/);
	});

	it("on one of several ports, which is named with the others", async () => {
		const command = ["--", "node", fixture("two-ports.cjs")];
		const first = await runCli(["load", "/metrics", ...short, ...command]);
		expect(first.stderr).toMatch(/listens on port \d+, which came first and is loaded, and on \d+; --port chooses/);
		expect(first.code).toBe(0);
		const second = await runCli(["load", "/", ...short, ...command]);
		expect(second.stderr).toMatch(/answers 404/);
		expect(second.stderr).toMatch(/listens on other ports as well: --port \d+ loads that one/);
		expect(second.code).toBe(2);
	});

	it("but not behind a debugger that is waited for", async () => {
		const result = await runCli(["load", "/", ...short, "--", "node", "--inspect-brk=0", fixture("ok.cjs")]);
		expect(result.stderr).toMatch(/waits for a debugger on port \d+ before it starts; leave --inspect-brk/);
		expect(result.code).toBe(2);
	});
});

describe("a server in a session of its own, without our environment", () => {
	it.each(["stays", "orphan", "at once"])("is loaded, and ended with the rest; its parent: %s", async (parent) => {
		const title = `az-prof-test-${process.pid}-${parent.replace(" ", "-")}`;
		await load("node", fixture("other-session.cjs"), title, parent);
		expect(processesCalled(title)).toEqual([]);
	});

	it.each([
		["SIGKILL", 1, "stays"],
		["SIGINT", 2, "stays"],
		["SIGKILL", 1, "at once"],
	] as const)(
		"is ended as well after %s, %i times; its parent: %s",
		{ timeout: 60_000 },
		async (signal, times, parent) => {
			const title = `az-prof-test-${process.pid}-${signal}-${parent.replace(" ", "-")}`;
			await runCli(["load", "/", ...short, "-d", "20s", "--", "node", fixture("other-session.cjs"), title, parent], {
				started: async (child) => {
					await expect.poll(() => processesCalled(title).length, { timeout: 25_000 }).toBeGreaterThan(1);
					await sleep(1_000);
					for (let sent = 0; sent < times; sent++) child.kill(signal);
				},
			});
			await expect.poll(() => processesCalled(title), { timeout: 8_000 }).toEqual([]);
		},
	);
});

describe("the worktrees of a comparison that is broken off", () => {
	it.each([
		["SIGKILL", 1],
		["SIGINT", 2],
	] as const)("are removed after %s, %i times, from the disk and from the repository", async (signal, times) => {
		const [repository, temporary] = [temporaryFolder(), temporaryFolder()];
		const git = (...args: readonly string[]): string =>
			execFileSync("git", ["-C", repository, "-c", "user.name=t", "-c", "user.email=t@t", ...args], {
				encoding: "utf8",
			});
		git("init", "--quiet");
		mkdirSync(join(repository, "files"));
		for (let file = 0; file < 300; file++) writeFileSync(join(repository, "files", `${file}`), "x".repeat(10_000));
		writeFileSync(join(repository, "server.cjs"), `require(${JSON.stringify(fixture("ok.cjs"))})`);
		git("add", "-A");
		git("commit", "--quiet", "-m", "one");
		const worktrees = (): string[] => readdirSync(temporary).filter((name) => name.startsWith("az-prof-worktrees-"));
		await runCli(["compare", "/", "--base", "HEAD", "--out", out, "--", "node", "server.cjs"], {
			cwd: repository,
			env: { TMPDIR: temporary },
			started: async (child) => {
				await expect.poll(() => worktrees().length, { timeout: 15_000 }).toBe(1);
				await expect.poll(() => existsSync(join(temporary, worktrees()[0] ?? "", "base", ".git"))).toBe(true);
				for (let sent = 0; sent < times; sent++) child.kill(signal);
			},
		});
		await expect.poll(worktrees, { timeout: 8_000 }).toEqual([]);
		await expect.poll(() => git("worktree", "list").trim().split("\n")).toHaveLength(1);
	});
});
