import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { callTreeSchema } from "#src/model/call-tree.js";
import { recordOf } from "./support/record-of.js";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";

/**
 * Small servers after public bug reports, each a kind of trouble whose right answer is known: what a whole command says of it, at its
 * defaults but for the time it is given.
 */
const out = temporaryFolder();
const trial = (name: string): string => fixture(join("..", "trials", name));
const TIMEOUT_MS = 180_000;

async function compare(path: string, words: readonly string[]) {
	const { stdout, code } = await runCli(["compare", path, "--out", out, "--json", ...words]);
	const run = recordOf(stdout, "compare");
	const effectOf = (metric: string) => run.comparison?.effects.find((each) => each.metric === metric);
	return { run, code, effectOf, changed: run.comparison?.functions?.changed ?? [] };
}

const sidesBy = (name: string, base: string, head: string, server: string): string[] => [
	...["--base-env", `${name}=${base}`, "--head-env", `${name}=${head}`],
	...["--", process.execPath, trial(server)],
];

describe("compare", { timeout: TIMEOUT_MS }, () => {
	it("a token check several times as dear is told well before 30 s are over, by CPU", async () => {
		const { run, code, effectOf } = await compare("/items", [
			"--within",
			"30s",
			...sidesBy("JWT", "8", "9", "jwt-verify.cjs"),
		]);
		expect(run.comparison?.verdict).toBe("regressed");
		expect(run.headline).toMatch(/^Regressed: /);
		expect(effectOf("cpu")?.change).toBeGreaterThan(0.5);
		expect(code).toBe(1);
		// By the difference of both flamegraphs.
		const { stdout } = await runCli(["report", run.folder]);
		expect(stdout).toMatch(/function +where\n.*createPublicKey/);
	});

	it("a side that was measured cold makes no improvement of the other", async () => {
		const { run } = await compare("/fast", [
			...["--warmup-requests", "2000", "--within", "45s", "--no-profile"],
			...[
				"--base-env",
				"SERIES=4000",
				"--base-env",
				"SCRAPE=0",
				"--head-env",
				"SERIES=4000",
				"--head-env",
				"SCRAPE=1000",
			],
			...["--", process.execPath, trial("scraped.cjs")],
		]);
		expect(run.headline).not.toMatch(/improved/i);
		expect(["regressed", "cannot tell"]).toContain(run.comparison?.verdict);
	});

	it("a change of a comment is none, and no function is named, though files and lines differ", async () => {
		const { run, changed } = await compare("/", [
			...["--within", "45s", "--no-profile"],
			...["--base-cmd", `${process.execPath} ${trial("comment-base.cjs")}`],
			...["--head-cmd", `${process.execPath} ${trial("comment-head.cjs")}`],
		]);
		expect(["no change", "cannot tell"]).toContain(run.comparison?.verdict);
		expect(changed).toEqual([]);
	});

	it("of ten middlewares the one that burns a fifth more CPU is named", async () => {
		const { run, changed } = await compare("/", [
			...["--within", "60s", "--no-profile"],
			...sidesBy("BURN", "0", "20000", "ten-middlewares.cjs"),
		]);
		expect(run.comparison?.verdict).toBe("regressed");
		expect(changed[0]?.frame).toMatchObject({ name: "rank", file: trial("ten-middlewares.cjs") });
	});

	it("a head that is twice as slow has no better tail", async () => {
		const { run } = await compare("/", [
			...["--within", "40s", "--no-profile"],
			...sidesBy("BURN", "0", "150000", "ten-middlewares.cjs"),
		]);
		expect(run.comparison?.verdict).toBe("regressed");
		expect(run.comparison?.effects.filter(({ verdict }) => verdict === "improved")).toEqual([]);
	});
});

describe("CPU off the main thread", { timeout: TIMEOUT_MS }, () => {
	it("of the thread pool has its own frame in flame, with nine tenths of it and more", async () => {
		const { stdout } = await runCli(
			["flame", "/", "--with", "v8", "-d", "4s", "--out", out, "--json", "--", "node", fixture("thread-work.mjs")],
			{ env: { WORK: "pbkdf2", ROUNDS: "20000" } },
		);
		const { profiles, folder } = recordOf(stdout, "flame");
		const tree = callTreeSchema.parse(JSON.parse(readFileSync(join(folder, profiles[0]?.treeFile ?? ""), "utf8")));
		const pool = functionTicks(tree).find(({ frame }) => frame.name === "(thread pool: crypto)");
		expect((pool?.totalTicks ?? 0) / totalTicks(tree)).toBeGreaterThan(0.9);
	});

	it("of a cluster is that of the function in which its workers work", async () => {
		const words = ["--with", "v8", "-d", "4s", "--out", out, "--json", "--", "node", fixture("cluster.mjs")];
		const { headline, findings } = recordOf((await runCli(["flame", "/", ...words])).stdout, "flame");
		expect(headline).toContain("hotWork");
		expect(findings.map(({ code }) => code)).toContain("SEVERAL_ISOLATES");
	});
});

it("alloc: what a cache keeps of each request is of its size, and has the name of the cache", {
	timeout: TIMEOUT_MS,
}, async () => {
	const { stdout } = await runCli(["alloc", "/", "--out", out, "--json", "--", "node", trial("compiles-each.cjs")]);
	const { allocation, headline } = recordOf(stdout, "alloc");
	const heap = allocation?.retained?.heap;
	expect(heap?.verdict).toBe("leaks");
	// What a full collection leaves after 3,000 of them: 8.0 to 8.7 kB each.
	expect(heap?.bytesPerRequest).toBeGreaterThan(7_000);
	expect(heap?.bytesPerRequest).toBeLessThan(9_500);
	expect(headline).toContain("_cache");
});

it("doctor: all standstills of a registry that is made into text are counted, none of them a synchronous call", {
	timeout: TIMEOUT_MS,
}, async () => {
	const { stdout } = await runCli(["doctor", "/fast", "--out", out, "--json", "--", "node", trial("scraped.cjs")], {
		env: { SERIES: "4000", SCRAPE: "1000" },
	});
	const { doctor, findings } = recordOf(stdout, "doctor");
	const blocked = findings.flatMap((each) => (each.code === "EVENT_LOOP_BLOCKED" ? [each.figures] : []));
	expect(doctor?.blockCount).toBeGreaterThanOrEqual(5);
	expect(blocked[0]?.blocks).toBe(doctor?.blockCount);
	expect(blocked[0]?.causes.map(({ cause }) => cause)).not.toContain("call");
});

it("matrix: the dearest layer that the answer needs is in the first sentence, and --allow measures it", {
	timeout: TIMEOUT_MS,
}, async () => {
	const layers = ["--layer", "serialize=env:SERIALIZE=0", "--layer", "audit=env:AUDIT=0"];
	const words = [...layers, "--within", "30s", "--out", out, "--json"];
	const server = ["--", "node", trial("needed-layer.cjs")];
	const kept = recordOf((await runCli(["matrix", "/", ...words, ...server])).stdout, "matrix");
	expect(`${kept.headline} ${kept.besides}`).toContain("serialize");
	expect(`${kept.headline} ${kept.besides}`).toContain("--allow serialize");
	const allowed = recordOf(
		(await runCli(["matrix", "/", "--allow", "serialize", ...words, ...server])).stdout,
		"matrix",
	);
	expect(`${allowed.headline} ${allowed.besides}`).toMatch(/serialize/);
	expect(`${allowed.headline} ${allowed.besides}`).not.toContain("--allow");
});
