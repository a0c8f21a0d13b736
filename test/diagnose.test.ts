/** The whole of `az-prof diagnose` on a real repository; how often it is right is measured by scripts/diagnose-bench.ts. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DiagnoseRun } from "#src/model/run.js";
import { processesWithEnvironment } from "#src/process/process-table.js";
import type { RunDocument } from "#src/report/json/document.js";
import { runCli, temporaryFolder } from "./support/run-cli.js";

const MARK = "AZ_PROF_TEST_RUN";
const quick = ["--set", "400ms", "-c", "8", "--json", "--no-profile"];
const narrow = ["--fail-on", "cpu=10%"];

/** Two commits behind v1: one that names something, one that burns. */
function repository() {
	const root = temporaryFolder();
	const git = (...args: string[]): string =>
		execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], {
			cwd: root,
			encoding: "utf8",
		}).trim();
	const commit = (message: string, lines: readonly string[]): string => {
		writeFileSync(join(root, "server.js"), `${lines.join("\n")}\n`);
		git("add", ".");
		git("commit", "-qm", message);
		return git("rev-parse", "HEAD");
	};
	const lines = [
		'const http = require("node:http");',
		'const text = "ok";',
		"const times = 100;",
		"",
		"",
		"",
		"function burn(count) {",
		"\tlet x = 1;",
		"\tfor (let i = 0; i < count; i++) x = Math.imul(x, 1664525) + 1;",
		"\treturn x;",
		"}",
		"",
		"",
		"",
		'http.createServer((_, answer) => answer.end(burn(times) === 0 ? "" : text)).listen(process.env.PORT, "127.0.0.1");',
	];
	git("init", "-q", "-b", "main");
	commit("One", lines);
	git("tag", "v1");
	const named = lines.with(1, 'const text = "o" + "k";');
	commit("Another text", named);
	const guilty = commit(
		"Burn more",
		named.with(8, "\tfor (let i = 0; i < 1_000 * count; i++) x = Math.imul(x, 1664525) + 1;"),
	);
	return { root, git, guilty };
}

const diagnose = (root: string, args: readonly string[], options: Parameters<typeof runCli>[1] = {}) =>
	runCli(["diagnose", "/", "--base", "v1", "--head", "main", ...quick, ...narrow, ...args, "--", "node", "server.js"], {
		cwd: root,
		...options,
	});

describe("a diagnosis of a real repository", { timeout: 120_000 }, () => {
	it("names the commit and the line, and proves it", async () => {
		const { root, git, guilty } = repository();
		const { code, stdout } = await diagnose(root, ["--within", "40s", "--out", temporaryFolder()]);
		const run: RunDocument<DiagnoseRun> = JSON.parse(stdout);
		expect(code).toBe(1);
		expect(run.diagnosis).toMatchObject({ ending: "proved", metric: "cpu" });
		const named = run.diagnosis.suspects.find(({ difference }) => run.diagnosis.culprits.includes(difference.id));
		expect(named?.difference).toMatchObject({
			file: "server.js",
			head: { from: 9, lines: 1 },
			commits: [{ commit: guilty }],
		});
		const proof = run.diagnosis.trials.findLast(({ outcome }) => outcome === "proved");
		// All of it: a head without it is base but for a text.
		expect(proof?.takenBack[0]?.share).toBeGreaterThan(0.9);
		expect(proof?.takenBack[0]?.share).toBeLessThan(1.1);
		expect(`${run.headline} ${run.besides}`).toMatch(
			/ Cause: server\.js:9, by \w{7} “Burn more”, less than a minute old\. Without it /,
		);
		expect(git("worktree", "list").split("\n")).toHaveLength(1);
	});

	it("that is interrupted in its proof keeps the verdict, and leaves neither a process nor a worktree", async () => {
		const { root, git } = repository();
		const value = `${process.pid}-${Math.random()}`;
		const { code, stdout } = await diagnose(root, ["--within", "40s", "--out", temporaryFolder()], {
			env: { [MARK]: value },
			started: (child) => {
				const poll = setInterval(() => {
					if (!git("worktree", "list").includes("without-")) return;
					clearInterval(poll);
					setTimeout(() => child.kill("SIGINT"), 1_500);
				}, 100);
				child.once("exit", () => clearInterval(poll));
			},
		});
		expect(code).toBe(130);
		const run: RunDocument<DiagnoseRun> = JSON.parse(stdout);
		expect(run.state).toMatchObject({ kind: "partial", reason: expect.stringMatching(/^interrupted by SIGINT/) });
		expect(run.comparison?.verdict).toBe("regressed");
		expect(run.diagnosis.suspects).toHaveLength(2);
		expect(git("worktree", "list").split("\n")).toHaveLength(1);
		await expect.poll(() => processesWithEnvironment(MARK, value), { timeout: 5_000 }).toEqual([]);
	});
});

describe("bad input", () => {
	it.each<[string, string[], RegExp]>([
		["no side", ["/", "--", "node", "a.js"], /which two sides\?.*--base/],
		[
			"a url",
			["/", "--base", "main", "--url", "http://127.0.0.1:9"],
			/diagnose cannot start a server behind --url anew/,
		],
		["a port", ["/", "--base", "main", "-p", "3000"], /diagnose runs two servers at once/],
		["a time that is none", ["/", "--base", "main", "--within", "soon"], /--within "soon"/],
	])("%s", async (_, args, pattern) => {
		const { code, stderr } = await runCli(["diagnose", ...args]);
		expect(stderr).toMatch(pattern);
		expect(code).toBe(2);
	});
});
