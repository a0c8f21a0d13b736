/**
 * What `az-prof matrix` takes of time and memory, by the number of its variants.
 *
 *   npm run build && node scripts/matrix-size.mjs --variants 4,8,16,32 --runs 1 [--within 60s] [--write]
 *
 * The app is that of matrix-bench.mjs, with as many layers as the design needs for so many variants; they cost 0, 1, 2
 * and 5 % of a bare request in turn. Runs are added to scripts/results/matrix-size.json, and --write makes the table of
 * docs/matrix-size.md from it. Needs /proc. Traffic goes to loopback only; every run has a time limit.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { designFor } from "#matrix/designs/design-for.js";
import { judge } from "./matrix-bench/judge.mjs";
import { watchMemory } from "./matrix-size/memory.mjs";
import { tableOf } from "./matrix-size/table.mjs";

const { layersOf } = createRequire(import.meta.url)("./matrix-bench/layers.cjs");
const { values } = parseArgs({
	options: {
		variants: { type: "string", default: "4,8,16,32" },
		runs: { type: "string", default: "1" },
		within: { type: "string", default: "60s" },
		write: { type: "boolean", default: false },
	},
});

const MOST_RUNS = 20;
const MOST_LAYERS = 100;
const LONGEST_RUN_MS = 600_000;
/** A look costs some milliseconds of CPU with thirty processes. */
const LOOK_MS = 500;

const root = new URL("..", import.meta.url).pathname;
const app = join(root, "scripts", "matrix-bench", "app.cjs");
const file = join(root, "scripts", "results", "matrix-size.json");
const results = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { runs: [] };
const machine = `${cpus()[0]?.model}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`;
const scale = scaleOf(machine);

for (let run = 0; run < Math.min(MOST_RUNS, Number(values.runs)); run++) {
	for (const variants of values.variants.split(",").map(Number)) {
		const found = await runOnce(variants, layersFor(variants));
		results.runs.push({ variants, within: values.within, date: new Date().toISOString(), machine, ...found });
		writeFileSync(file, `${JSON.stringify(results, null, "\t")}\n`);
		process.stdout.write(`${JSON.stringify({ variants, ...found, effects: undefined })}\n`);
	}
}
if (values.write) {
	const page = join(root, "docs", "matrix-size.md");
	const [before, , after] = readFileSync(page, "utf8").split(/<!-- table: (?:begin|end) -->\n/);
	writeFileSync(page, `${before}<!-- table: begin -->\n${tableOf(results)}<!-- table: end -->\n${after}`);
}

/** What a round of the loop and a hook cost on this machine, as matrix-bench.mjs has measured it. */
function scaleOf(machine) {
	const { scales } = JSON.parse(readFileSync(join(root, "scripts", "results", "matrix-bench.json"), "utf8"));
	const scale = scales[machine];
	if (scale === undefined) throw new Error(`no scale for ${machine}: run scripts/matrix-bench.mjs --runs 1 first`);
	return scale;
}

/** How many layers give so many variants in the default design. */
function layersFor(variants) {
	for (let layers = 1; layers <= MOST_LAYERS; layers++) {
		const factors = Array.from({ length: layers }, (_, index) => `layer-${index}`);
		const { cells } = designFor({ kind: "one-at-a-time", factors, leaveOneOut: false });
		if (cells.length === variants) return layers;
	}
	throw new Error(`no number of layers gives ${variants} variants one at a time`);
}

async function runOnce(variants, layers) {
	const truth = layersOf(`mixed:${layers}`, scale.bareNs / 100 / scale.nsPerRound);
	const out = mkdtempSync(join(tmpdir(), "az-prof-size-"));
	try {
		const { record, ...measured } = await azProf(layers, out);
		if (record.matrix === null) throw new Error("az-prof matrix printed a record without a matrix");
		return { layers, ...measured, ...figuresOf(record.matrix, truth, variants) };
	} finally {
		rmSync(out, { recursive: true, force: true });
	}
}

/** One run from outside: how long it takes, when its first whole set is there, what its processes take. */
async function azProf(layers, out) {
	const args = ["matrix", "/", "--within", values.within, "--profile", "none", "--json", "--out", out];
	const began = performance.now();
	const secondsSoFar = () => Number(((performance.now() - began) / 1e3).toFixed(1));
	const child = spawn(process.execPath, [join(root, "dist/cli.js"), ...args, "--", "node", app], {
		cwd: root,
		env: {
			...process.env,
			NODE_ENV: "production",
			MATRIX_TRUTH: `mixed:${layers}`,
			LOOP_UNITS_PER_PERCENT: String(scale.bareNs / 100 / scale.nsPerRound),
		},
		stdio: ["ignore", "pipe", "pipe"],
		timeout: LONGEST_RUN_MS,
	});
	let firstSetS = null;
	const memory = watchMemory(child.pid, LOOK_MS, () => {
		if (firstSetS === null && hasWholeSet(out)) firstSetS = secondsSoFar();
	});
	const text = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"]) {
		child[name].on("data", (chunk) => {
			text[name] += chunk;
		});
	}
	const [code, signal] = await new Promise((resolve) => child.once("close", (...ended) => resolve(ended)));
	const peak = memory.stop();
	// 3: nothing can be told of any layer, which is an answer as well.
	if (code !== 0 && code !== 3) throw new Error(`az-prof matrix ended with ${code ?? signal}:\n${text.stderr.trim()}`);
	return { firstSetS, totalS: secondsSoFar(), peak, record: JSON.parse(text.stdout) };
}

/** A record is saved with its matrix once every block has a set. */
function hasWholeSet(out) {
	const folder = readdirSync(out).find((name) => name.includes("-matrix-") && !name.startsWith("."));
	return folder !== undefined && /"matrix": \{/.test(readFileSync(join(out, folder, "run.json"), "utf8"));
}

function figuresOf(matrix, truth, variants) {
	if (matrix.variants.length !== variants) throw new Error(`${matrix.variants.length} variants, not ${variants}`);
	const { intervals, wrong, bareNs } = judge(matrix, truth, scale);
	const { blocks } = matrix.design;
	const ends = matrix.sets.map(({ endedAtMs }) => endedAtMs).filter((_, index) => index % blocks === blocks - 1);
	const lengths = ends.map((end, index) => end - (ends[index - 1] ?? 0)).sort((a, b) => a - b);
	const effects = matrix.effects
		.filter(({ metric }) => metric === "cpu")
		.map(({ factor, change, low, high, verdict }) => {
			const { rounds } = truth.layers.find(({ name }) => name === factor);
			const { covered } = intervals.find(({ layer, metric }) => layer === factor && metric === "cpu") ?? {};
			const truthPercent = Math.round((rounds * scale.nsPerRound * 100) / scale.bareNs);
			return { layer: factor, truthPercent, changeNs: change, lowNs: low, highNs: high, covered, verdict };
		});
	const widths = effects.map(({ lowNs, highNs }) => (highNs - lowNs) / 2).sort((a, b) => a - b);
	return {
		blocks,
		rotation: matrix.design.rotation,
		sets: ends.length,
		/** The median: starts, warm-up and measuring of all variants. */
		setS: Number((lengths[lengths.length >> 1] / 1e3).toFixed(2)),
		elapsedMs: Math.round(matrix.elapsedMs),
		halfWidthPercent: (widths[widths.length >> 1] / bareNs) * 100,
		failed: matrix.variants.filter(({ failed }) => failed !== null).map(({ name, failed }) => `${name}: ${failed}`),
		wrong,
		effects,
	};
}
