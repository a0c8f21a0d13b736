/** What the surroundings may do to the tool: a full disk, too few files, a terminal without a width, processes that stop, odd words. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { entryPoint } from "#src/process/entry-point.js";
import { processTable, readText } from "#src/process/process-table.js";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";
import { shell as runShell } from "./support/shell.js";

const out = temporaryFolder();
const cli = entryPoint("cli");
const short = ["-d", "400ms", "--warmup", "100ms", "-c", "2", "--out", out];

/** Sets limits and ends. */
const shell = (line: string) => runShell(line, { timeoutMs: 60_000 });
const az = `"${process.execPath}" "${cli}"`;

describe("output that cannot be written", () => {
	it.each([
		"--version",
		"--help",
		`runs --json --out "${out}"`,
		`load / ${short.join(" ")} --json -- node ${fixture("ok.cjs")}`,
	])("%s says so and exits with 2", { timeout: 30_000 }, async (args) => {
		const { code, stderr } = await shell(`${az} ${args} > /dev/full`);
		expect(stderr).toMatch(/^az-prof: could not write the answer: ENOSPC/m);
		expect(code).toBe(2);
	});

	it("is nobody's fault where the reader has gone away", async () => {
		const { code, stderr } = await shell(`set -o pipefail; ${az} --help | true`);
		expect(stderr).toBe("");
		expect(code).toBe(0);
	});
});

it("too few open files are told in a sentence, and exit with 2", async () => {
	const { code, stderr } = await shell(`ulimit -n 30; ${az} load / ${short.join(" ")} -- node ${fixture("ok.cjs")}`);
	expect(stderr).toMatch(/^az-prof: too many files are open \(EMFILE.*ulimit -n/);
	expect(code).toBe(2);
});

it("half an installation is told in a sentence, and exits with 2", async () => {
	const half = temporaryFolder();
	cpSync(cli, join(half, "cli.mjs"));
	const { code, stderr } = await shell(`"${process.execPath}" "${join(half, "cli.mjs")}" runs`);
	expect(stderr).toMatch(/^az-prof: cannot load its own code: .*; install it again \(npm ci\), or raise .*\n$/);
	expect(code).toBe(2);
});

it("a terminal without a width has one", { timeout: 30_000 }, async () => {
	const inside = `stty cols 0 rows 0; ${az} load / ${short.join(" ")} -- node ${fixture("ok.cjs")}`;
	const { code } = await shell(`timeout -k 1 20 script -qec '${inside}' /dev/null`);
	expect(code).toBe(0);
});

it("what others write to the agent's socket does no harm", { timeout: 30_000 }, async () => {
	const result = await runCli(["load", "/", ...short, "--", "node", fixture("writes-to-agent-socket.cjs")]);
	expect(result.stderr).toBe("");
	expect(result.code).toBe(0);
});

it("escape sequences of a target are shown, not obeyed, and its lines are cut", { timeout: 30_000 }, async () => {
	const { code, stderr } = await runCli(["load", "/", ...short, "--", "node", fixture("escape-sequences.cjs")]);
	expect(code).toBe(2);
	expect(stderr).toContain("answers 418 (\\u001b[31mred");
	expect(stderr).toContain("\\u001b]0;owned\\u0007");
	expect(stderr).not.toMatch(/(?!\n)\p{Cc}/u);
	expect(Math.max(...stderr.split("\n").map((line) => line.length))).toBeLessThan(2_100);
});

it("a target that is stopped is told within seconds", { timeout: 60_000 }, async () => {
	const result = await runCli(["load", "/", "-d", "30s", "--out", out, "--", "node", fixture("stops-itself.cjs")]);
	expect(result.stderr).toMatch(/the target was stopped \(SIGSTOP\) and not continued/);
	expect(result.code).toBe(2);
});

it("Ctrl-C ends it with 130 also when the generator is stopped", { timeout: 60_000 }, async () => {
	const result = await runCli(["load", "/", "-d", "60s", "--out", out, "--", "node", fixture("ok.cjs")], {
		started: (child) => {
			const poll = setInterval(() => {
				const generator = processTable().find(
					({ pid, parentPid }) =>
						parentPid === child.pid && readText(`/proc/${pid}/cmdline`)?.includes("load/generator/generator"),
				);
				if (generator === undefined) return;
				clearInterval(poll);
				setTimeout(() => {
					process.kill(generator.pid, "SIGSTOP");
					child.kill("SIGINT");
				}, 500);
			}, 50);
			child.once("exit", () => clearInterval(poll));
		},
	});
	expect(result.stderr).toMatch(/interrupted by SIGINT/);
	expect(result.code).toBe(130);
});

it("a flame of what cannot be profiled keeps the clean figures and exits with 2", { timeout: 30_000 }, async () => {
	const bare = ["env", "-i", `PATH=${process.env.PATH}`];
	const result = await runCli([
		"flame",
		"/",
		...short,
		"--with",
		"v8",
		"--",
		"sh",
		"-c",
		`exec ${[...bare, "PORT=$PORT"].join(" ")} node ${fixture("ok.cjs")}`,
	]);
	expect(result.stderr).toMatch(/az-prof: nothing was profiled: .*No profile by v8: /);
	expect(result.stdout).toContain("CPU/request");
	expect(result.code).toBe(2);
});

it.each([
	["/", /GET \/ gives no whole answer: its answer did not end within/],
	["/slow", /GET \/slow was not answered within 2 s: no whole header came within/],
])(
	"an answer of %s that never ends is waited for as long as a start may take",
	{ timeout: 30_000 },
	async (path, words) => {
		const command = ["--", "node", fixture("never-ends.cjs")];
		const { code, stderr } = await runCli(["load", path, ...short, "--start-timeout", "2s", ...command]);
		expect(stderr).toMatch(words);
		expect(code).toBe(2);
	},
);
