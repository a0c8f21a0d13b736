/**
 * What `az-prof matrix` says of layers whose cost is known, on real processes.
 *
 *   npm run build && node scripts/matrix-bench.mjs --cases ground,culprit,none --runs 20 [--quick] [--design factorial] [--write]
 *
 * Runs are added to scripts/results/matrix-bench.json, and --write makes the table of docs/matrix-bench.md from it. Cases take
 * turns, so that a slow hour of the machine hits all of them. Traffic goes to loopback only; every run has a time
 * limit.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { judge } from "./matrix-bench/judge.mjs";
import { tableOf } from "./matrix-bench/table.mjs";

const { layersOf } = createRequire(import.meta.url)("./matrix-bench/layers.cjs");
const { values } = parseArgs({
	options: {
		cases: { type: "string", default: "ground,culprit,none" },
		runs: { type: "string", default: "1" },
		within: { type: "string", default: "60s" },
		design: { type: "string", default: "one-at-a-time" },
		quick: { type: "boolean", default: false },
		write: { type: "boolean", default: false },
	},
});

const MOST_RUNS = 200;
const LONGEST_RUN_MS = 600_000;
/**
 * A loop a few times as long as the dearest layer's, so that what two starts of one process differ by is little beside it. Not
 * longer: while the server loops the client rests, and what runs beside it on the machine makes a round dearer.
 */
const SCALE_ROUNDS = 10_000;
const SCALE_HOOKS = 128;
const SCALE_REPEATS = 3;

/** By the number of the run, so that the culprit is at each place as often. */
const cases = {
	ground: () => "ground",
	none: () => "none",
	culprit: (run) => `culprit:${run % 8}`,
	two: (run) => `two:${run % 8},${(run + 3) % 8}`,
	pair: (run) => `pair:${run % 8},${(run + 5) % 8}`,
};

const root = new URL("..", import.meta.url).pathname;
const app = ["node", join(root, "scripts", "matrix-bench", "app.cjs")];
const file = join(root, "scripts", "results", "matrix-bench.json");
const results = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { scales: {}, runs: [] };
const save = () => writeFileSync(file, `${JSON.stringify(results, null, "\t")}\n`);
const machine = `${cpus()[0]?.model}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`;
const method = values.quick ? "toggled" : "absent";

const names = values.cases.split(",");
const strange = names.find((name) => !(name in cases));
if (strange !== undefined) throw new Error(`no case "${strange}"; there are ${Object.keys(cases).join(", ")}`);
const out = mkdtempSync(join(tmpdir(), "az-prof-bench-"));
try {
	const runs = Math.min(MOST_RUNS, Number(values.runs));
	if (runs > 0) results.scales[machine] ??= await measureScale();
	save();
	for (let run = 0; run < runs; run++) {
		for (const name of names) {
			const earlier = results.runs.filter((each) => each.case === name).length;
			const found = await runOnce(cases[name](earlier));
			results.runs.push({
				case: name,
				method,
				design: values.design,
				within: values.within,
				date: new Date().toISOString(),
				machine,
				...found,
			});
			save();
			process.stdout.write(`${name}: ${JSON.stringify({ ...found, intervals: undefined })}\n`);
		}
	}
} finally {
	rmSync(out, { recursive: true, force: true });
}
if (values.write) {
	const page = join(root, "docs", "matrix-bench.md");
	const [before, , after] = readFileSync(page, "utf8").split(/<!-- table: (?:begin|end) -->\n/);
	writeFileSync(page, `${before}<!-- table: begin -->\n${tableOf(results)}<!-- table: end -->\n${after}`);
}

async function runOnce(truth) {
	const scale = results.scales[machine];
	const roundsPerPercent = scale.bareNs / 100 / scale.nsPerRound;
	const design = [...(values.quick ? ["--quick"] : []), "--design", values.design];
	const began = performance.now();
	const record = await azProf(["matrix", "/", "--within", values.within, "--profile", "none", ...design], {
		MATRIX_TRUTH: truth,
		LOOP_UNITS_PER_PERCENT: String(roundsPerPercent),
	});
	if (record.matrix == null) throw new Error("az-prof matrix printed a record without a matrix");
	return {
		truth,
		seconds: Number(((performance.now() - began) / 1e3).toFixed(1)),
		...judge(record.matrix, layersOf(truth, roundsPerPercent), scale),
	};
}

/**
 * CPU nanoseconds of a bare request, a round of the loop and a hook that does nothing, each as it costs under load. The
 * last two are linear, so they are measured large; the median of several comparisons is taken.
 */
async function measureScale() {
	const found = [];
	for (let repeat = 0; repeat < SCALE_REPEATS; repeat++) {
		const loop = await compareCpu("scale:1,0", `scale:1,${SCALE_ROUNDS}`);
		const hooks = await compareCpu("scale:0,0", `scale:${SCALE_HOOKS},0`);
		found.push({
			bareNs: await measureBare(),
			nsPerRound: (loop.head - loop.base) / SCALE_ROUNDS,
			nsPerHook: (hooks.head - hooks.base) / SCALE_HOOKS,
		});
		process.stdout.write(`${machine}: ${JSON.stringify(found.at(-1))}\n`);
	}
	const medianOf = (figure) => found.map((each) => each[figure]).sort((a, b) => a - b)[SCALE_REPEATS >> 1];
	return {
		bareNs: medianOf("bareNs"),
		nsPerRound: medianOf("nsPerRound"),
		nsPerHook: medianOf("nsPerHook"),
		measured: found,
	};
}

/** As the matrix measures it: beside a dear one, as in a comparison, a bare request takes longer. */
async function measureBare() {
	const { matrix } = await azProf(["matrix", "/", "--quick", "--within", "20s", "--profile", "none"], {
		MATRIX_TRUTH: "none",
	});
	return matrix.variants.find(({ name }) => name === "bare").figures.cpuNsPerRequest;
}

async function compareCpu(base, head) {
	const options = ["--base-env", `MATRIX_TRUTH=${base}`, "--head-env", `MATRIX_TRUTH=${head}`];
	const record = await azProf(
		["compare", "/", ...options, "--fail-on", "cpu=0.1%", "--within", "20s", "--no-profile"],
		{},
	);
	return record.comparison.effects.find(({ metric }) => metric === "cpu");
}

/**
 * The record of one run. A command that fails may well print a record on its way; what it says on stderr tells more.
 */
async function azProf(args, env) {
	const child = spawn(process.execPath, [join(root, "dist/cli.js"), ...args, "--json", "--out", out, "--", ...app], {
		cwd: root,
		env: { ...process.env, NODE_ENV: "production", ...env },
		stdio: ["ignore", "pipe", "pipe"],
		timeout: LONGEST_RUN_MS,
	});
	let stdout = "";
	let stderr = "";
	child.stdout.on("data", (chunk) => {
		stdout += chunk;
	});
	child.stderr.on("data", (chunk) => {
		stderr += chunk;
	});
	const [code, signal] = await new Promise((resolve) => child.once("close", (...ended) => resolve(ended)));
	// 1 and 3 are verdicts of a comparison; 2 is a failure, and so is a run that was ended from outside.
	if (code === null || code === 2 || stdout.trim() === "") {
		throw new Error(
			`az-prof ${args.join(" ")} ended with ${code ?? signal}:\n${stderr.trim() || "it printed nothing"}`,
		);
	}
	return JSON.parse(stdout);
}
