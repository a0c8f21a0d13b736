import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type RunRecord, runRecordSchema } from "#src/model/run.js";
import { processTable, readText } from "#src/process/process-table.js";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";

const out = temporaryFolder();
const short = ["-d", "300ms", "--warmup", "100ms", "-c", "2", "--out", out];

/** Processes that run one of our fixture servers. */
const serversLeft = (name: string): number[] =>
	processTable()
		.map(({ pid }) => pid)
		.filter((pid) => readText(`/proc/${pid}/cmdline`)?.includes(fixture(name)));

const lastRecord = (): RunRecord => {
	const newest = readdirSync(out)
		.filter((name) => name.includes("Z-"))
		.map((name) => join(out, name, "run.json"))
		.map((file) => runRecordSchema.parse(JSON.parse(readFileSync(file, "utf8"))))
		.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
	return newest[0] as RunRecord;
};

/** One line that says what, and no stack. */
function expectOneSentence(stderr: string, pattern: RegExp): void {
	const [first = ""] = stderr.split("\n");
	expect(first).toMatch(/^az-prof: /);
	expect(first).toMatch(pattern);
	expect(stderr).not.toMatch(/^\s+at /m);
}

describe("what is typed", () => {
	it.each<[string, string[], RegExp]>([
		["an unknown command", ["flam", "/"], /unknown command 'flam'.*flame/],
		[
			"a value of many characters",
			["load", "/", "-c", "9".repeat(5_000)],
			/--concurrency "9+… \(\d+ more characters\) …9+" is out of range; give a whole/,
		],
		["an unknown option", ["flame", "/", "--withh", "v8"], /unknown option '--withh'.*--with/],
		["a malformed duration", ["load", "/", "-d", "10"], /--duration "10" is not a duration; write 500ms, 10s or 2m/],
		["a malformed duration in the environment", ["load", "/"], /AZ_LOAD_DURATION_SECS "xs" is not a duration/],
		[
			"an endpoint of two lines",
			["load", "/a\n/b"],
			/endpoint "\/a\\n\/b" has characters a URL cannot have; percent-encode them/,
		],
		["an endpoint without a slash", ["flame", "metrics"], /endpoint "metrics" does not start with "\/"/],
		["no clients", ["load", "/", "-c", "0"], /--concurrency "0" is out of range/],
		["too many clients", ["load", "/", "-c", "100000"], /--concurrency "100000" is out of range.*10,000/],
		[
			"a collector that does not exist",
			["flame", "/", "--with", "v9"],
			/no collector "v9"; did you mean v8\? --with takes v8, 0x/,
		],
		[
			"a quick run with another profiler",
			["flame", "/", "--quick", "--with", "v8,0x"],
			/--quick ends with V8's sampler, and --with v8,0x asks for more; leave one of them out/,
		],
		[
			"a quick run of a longer window",
			["flame", "/", "--quick", "-d", "10s"],
			/--quick loads for 3 s, and --duration 10s asks for more; leave one of them out/,
		],
		["nothing before --", ["--", "node", "x.js"], /there is no command before --; write az-prof flame/],
		[
			"an option where a value should be",
			["load", "/", "--token", "--json"],
			/--token has no value: behind it comes --json/,
		],
		["nothing after --", ["flame", "/", "--"], /no command after --/],
		["a command without an endpoint", ["flame", "--", "node", "x.js"], /which endpoint/],
		[
			"a profile of a URL",
			["flame", "/", "--url", "http://127.0.0.1:1"],
			/flame cannot look into a server that it did not start/,
		],
		["an address that is not here", ["load", "/", "--url", "http://192.0.2.1"], /not on this machine/],
		[
			"layers of somebody else's server",
			["load", "/", "--without", "cors", "--", "node", "x.js"],
			/for the reference gateway/,
		],
		[
			"a layer that does not exist",
			["load", "/", "--without", "corz"],
			/no layer "corz" for --without; did you mean cors/,
		],
		["a body file that is missing", ["load", "POST:/", "--body", "@/no/such"], /cannot read the body file/],
		["a run that does not exist", ["report", "nothing"], /there is no run "nothing"/],
	])("%s", async (name, args, pattern) => {
		const env: Record<string, string> = name.includes("environment") ? { AZ_LOAD_DURATION_SECS: "x" } : {};
		const result = await runCli(args, { env });
		expectOneSentence(result.stderr, pattern);
		expect(result.code).toBe(2);
		expect(result.stdout).toBe("");
	});
});

describe("targets that cannot be measured", () => {
	it.each<[string, string[], RegExp]>([
		[
			"a command that is not found",
			["--", "no-such-program-anywhere"],
			/cannot start no-such-program-anywhere: no such command/,
		],
		["one that exits at once", ["--", "node", fixture("exits-at-once.cjs")], /exited with code 3 before it answered/],
		[
			"one that never listens",
			["--start-timeout", "1s", "--", "node", fixture("never-listens.cjs")],
			/did not listen on any port within 1 s/,
		],
		[
			"one that answers 500 to everything",
			["--", "node", fixture("always-500.cjs")],
			/GET \/ answers 500 \(.*no database.*\)/,
		],
		["a path that is not there", ["--timeout", "1s"], /GET \/ answers 404/],
		["a URL where nothing listens", ["--url", "http://127.0.0.1:9"], /nothing answers at http:\/\/127\.0\.0\.1:9/],
	])("%s", async (_, args, pattern) => {
		const result = await runCli(["load", "/", ...short, ...args]);
		expectOneSentence(result.stderr, pattern);
		expect(result.code).toBe(2);
		expect(lastRecord()).toMatchObject({ state: { kind: "partial", reason: expect.stringMatching(pattern) } });
	});

	it("shows the last lines of the target's log", async () => {
		const result = await runCli(["load", "/", ...short, "--", "node", fixture("exits-at-once.cjs")]);
		expect(result.stderr).toContain("│ Error: cannot read the configuration");
	});

	it("says who holds the port", async () => {
		const server = createServer().listen(0, "127.0.0.1");
		await new Promise((resolve) => server.once("listening", resolve));
		const address = server.address();
		const port = typeof address === "object" && address !== null ? address.port : 0;
		const result = await runCli(["load", "/health", ...short, "-p", String(port)]);
		server.close();
		expectOneSentence(
			result.stderr,
			new RegExp(`port ${port} is taken by process ${process.pid}; choose another with --port`),
		);
		expect(result.code).toBe(2);
	});

	it("keeps what was measured of one that dies in the middle", async () => {
		const result = await runCli(["load", "/", ...short, "-d", "8s", "--", "node", fixture("dies-midway.cjs")]);
		expectOneSentence(result.stderr, /exited with code 9 under load/);
		expect(result.stderr).toContain("out of luck");
		expect(result.code).toBe(2);
		const record = lastRecord();
		expect(record.state.kind).toBe("partial");
		expect(record.measurements[0]?.partial).toBe(true);
		expect(record.measurements[0]?.counts.ok).toBeGreaterThan(0);
		expect(result.stdout).toMatch(/report: .*report\.html/);
	});

	it("calls one hung whose loop does not turn any more, and ends it", async () => {
		const result = await runCli(["load", "/", ...short, "-d", "5s", "--", "node", fixture("hangs.cjs")]);
		expectOneSentence(result.stderr, /stopped answering GET \//);
		expect(result.code).toBe(2);
		expect(lastRecord().findings.map(({ code }) => code)).toContain("TARGET_HUNG");
		expect(serversLeft("hangs.cjs")).toEqual([]);
	});

	it("ends one that ignores SIGTERM", async () => {
		const result = await runCli(["load", "/", ...short, "--", "node", fixture("ignores-sigterm.cjs")]);
		expect(result.code).toBe(0);
		expect(serversLeft("ignores-sigterm.cjs")).toEqual([]);
	});
});

describe("run folders", () => {
	it("are tried before anything is measured", async () => {
		const file = join(out, "a-file");
		writeFileSync(file, "");
		const result = await runCli(["load", "/health", ...short, "--out", file]);
		expectOneSentence(result.stderr, /cannot write to the run folder .*--out/);
		expect(result.code).toBe(2);
	});

	it.each([
		["cut short", '{"format":"az-prof-run","version":1,"id":', /cut short or not JSON/],
		[
			"of a future version",
			'{"format":"az-prof-run","version":3}',
			/a newer az-prof wrote it in version 3.*reads version 2/,
		],
		["of version 1", '{"format":"az-prof-run","version":1}', /an older az-prof wrote it in version 1.*reads version 2/],
	])("whose record is %s are refused", async (_, content, pattern) => {
		const folder = join(out, "broken");
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, "run.json"), content);
		const result = await runCli(["report", folder]);
		expectOneSentence(result.stderr, pattern);
		expect(result.code).toBe(2);
	});

	it("that fill up while measuring lose the record, not the answer", async () => {
		// No file may grow beyond 4 KiB: enough for the first record, too little for the last.
		const result = await runCli(["load", "/health", ...short], { largestFileBlocks: 8 });
		expectOneSentence(result.stderr, /cannot write to the run folder .*EFBIG/);
		expect(result.stdout).toContain("GET /health: ");
		expect(result.code).toBe(2);
	});
});
