/** Tokens, and options of `az-prof load` that cannot be what was meant. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recordOf } from "./support/record-of.js";
import { runCli, temporaryFolder } from "./support/run-cli.js";

const out = temporaryFolder();

describe("tokens", () => {
	const secrets = ["first-token-of-many", "second-token-of-many"];

	it("of a file are all used, and none of them reaches the disk", { timeout: 30_000 }, async () => {
		const file = join(out, "tokens.txt");
		writeFileSync(file, `# of the tests\n${secrets.join("\n")}\n`);
		const runs = join(out, "token-runs");
		const options = [
			"--tokens",
			file,
			"--body",
			'{"message":"{{seq}}"}',
			"-c",
			"4",
			"-d",
			"500ms",
			"--warmup",
			"300ms",
		];
		const { code, stdout } = await runCli(["load", "POST:/v1/ping", ...options, "--out", runs, "--json"]);
		expect(code).toBe(0);
		const [measurement] = recordOf(stdout, "load").measurements;
		expect(measurement?.counts.ok).toBeGreaterThan(0);
		expect(measurement?.counts.unexpectedStatus).toEqual({});
		const kept = readdirSync(runs, { recursive: true, withFileTypes: true })
			.filter((each) => each.isFile())
			.map((each) => readFileSync(join(each.parentPath, each.name), "latin1"));
		expect(kept.length).toBeGreaterThan(2);
		for (const secret of secrets) {
			expect(stdout).not.toContain(secret);
			for (const text of kept) expect(text).not.toContain(secret);
		}
	});

	it("may come from a file of one, and a status that is expected is an answer", { timeout: 30_000 }, async () => {
		const file = join(out, "token.txt");
		writeFileSync(file, `${secrets[0]}\n`);
		const window = ["-c", "2", "-d", "300ms", "--warmup", "200ms", "--out", out, "--json"];
		const { code, stdout } = await runCli(["load", "/nowhere", "--token", `@${file}`, "--expect", "404", ...window]);
		expect(code).toBe(0);
		expect(recordOf(stdout, "load").measurements[0]?.counts.ok).toBeGreaterThan(0);
	});
});

describe("options that do not go together or cannot be read are said in one sentence, exit 2", () => {
	for (const [title, options, sentence] of [
		[
			"an open loop with clients",
			["--rate", "10", "-c", "4"],
			/--rate and --concurrency are two kinds of load; give one/,
		],
		["a rate that is none", ["--rate", "fast"], /--rate "fast" is not a rate; give requests a second/],
		["a rate beyond what can be sent", ["--rate", "1000000"], /--rate "1000000" is not a rate/],
		["arrivals without a rate", ["--arrivals", "poisson"], /--arrivals is for an open loop; give --rate/],
		[
			"arrivals that are none",
			["--rate", "5", "--arrivals", "daily"],
			/--arrivals "daily" is not one; write constant or poisson/,
		],
		["a sweep of one", ["--sweep", "32"], /names one number of clients; write --sweep 32,256/],
		["a bound that is none", ["--find-limit", "--slo", "fast"], /--slo "fast" is not a bound; write p50/],
		["a bound without a search", ["--slo", "p95<1ms"], /--slo is for --find-limit; give --find-limit/],
		[
			"a token file that is missing",
			["--tokens", "/nowhere/tokens"],
			/cannot read the token file \/nowhere\/tokens.*check --tokens/,
		],
		["two ways to give tokens", ["--tokens", "x", "--token", "y"], /--token and --tokens both name tokens; give one/],
		["a status that is none", ["--expect", "ok"], /--expect "ok" is out of range/],
		[
			"a way to follow a run that is none",
			["--agent-loop", "guess"],
			/--agent-loop "guess" is not a way to follow a run/,
		],
	] as const) {
		it(title, async () => {
			const { code, stdout, stderr } = await runCli(["load", "/health", ...options, "--out", out]);
			expect(stderr).toMatch(sentence);
			expect(stderr.trim().split("\n")).toHaveLength(1);
			expect(stdout).toBe("");
			expect(code).toBe(2);
		});
	}
});
