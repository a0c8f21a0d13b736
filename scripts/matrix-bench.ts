/**
 * What `az-prof matrix` says of layers whose cost is known, on real processes.
 *
 *   npm run script scripts/matrix-bench.ts -- --cases ground,culprit,none --runs 20 [--ways toggled] [--design factorial] [--write]
 *
 * Runs are added to scripts/results/matrix-bench.json until there are so many of each case, measured so; --write makes the table of
 * docs/matrix-bench.md from it. Also: --within 60; --scale measures once what the truths of this machine are made of, and no more. Cases take turns, so that a slow hour of the machine hits all of them. Traffic goes
 * to loopback only; every run has a time limit.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "#src/analyse/comparison/robust.js";
import { comparisonOf, matrixOf, runForJson, sidesOf } from "./bench/az-prof.js";
import { writeIntoPage } from "./bench/document.js";
import { machine } from "./bench/machine.js";
import { optionsOf } from "./bench/options.js";
import { inScripts } from "./bench/processes.js";
import { turnsUntil } from "./bench/results.js";
import { judge } from "./matrix-bench/judge.js";
import { layersOf } from "./matrix-bench/layers.cjs";
import { type Costs, type MatrixBenchRun, matrixBenchResults, type Scale } from "./matrix-bench/results.js";
import { tableOf } from "./matrix-bench/table.js";

/** What the app is told, by the number of the run, so that the culprit is at each place as often. */
const cases = {
	ground: () => "ground",
	none: () => "none",
	culprit: (run: number) => `culprit:${run % 8}`,
	two: (run: number) => `two:${run % 8},${(run + 3) % 8}`,
	pair: (run: number) => `pair:${run % 8},${(run + 5) % 8}`,
} as const satisfies Record<string, (run: number) => string>;
const caseNames = Object.keys(cases) as (keyof typeof cases)[];

const options = optionsOf({
	lists: { cases: { usual: "ground,culprit,none", of: caseNames } },
	choices: { ways: ["both", "toggled", "absent"], design: ["usual", "one-at-a-time", "factorial", "screen"] },
	numbers: { runs: { usual: 1, least: 0, most: 200 }, within: { usual: 110, least: 10, most: 600 } },
	flags: ["scale", "write"],
});

const LONGEST_RUN_MS = 600_000;
/**
 * A loop a few times as long as the dearest layer's, so that what two starts of one process differ by is little beside it. Not
 * longer: while the server loops the client rests, and what runs beside it on the machine makes a round dearer.
 */
const SCALE_ROUNDS = 10_000;
const SCALE_HOOKS = 128;
const SCALE_REPEATS = 3;

const flagOf = { both: [], toggled: ["--quick"], absent: ["--absent"] } as const;
const method = options.ways;
const within = `${options.within}s`;
const { results, save } = matrixBenchResults();
const out = mkdtempSync(join(tmpdir(), "az-prof-bench-"));
const how = {
	target: ["node", inScripts("matrix-bench", "app.cjs")],
	out,
	timeoutMs: LONGEST_RUN_MS,
};

const runsOf = (name: string): MatrixBenchRun[] =>
	results.runs.filter(
		(run) => run.case === name && run.method === method && run.design === options.design && run.within === within,
	);

try {
	if (options.scale) await growScale();
	const wanted = caseNames.filter((name) => options.cases.includes(name));
	for (const name of turnsUntil(options.scale ? 0 : options.runs, wanted, (each) => runsOf(each).length)) {
		const scale = await wholeScale();
		const found = await runOnce(cases[name](runsOf(name).length), scale);
		results.runs.push({
			case: name,
			method,
			design: options.design,
			within,
			date: new Date().toISOString(),
			machine,
			...found,
		});
		save();
		console.log(`${name}: ${JSON.stringify({ ...found, intervals: undefined })}`);
	}
} finally {
	rmSync(out, { recursive: true, force: true });
}
if (options.write) writeIntoPage("matrix-bench.md", "table", tableOf(results));

async function runOnce(truth: string, scale: Scale) {
	const roundsPerPercent = scale.bareNs / 100 / scale.nsPerRound;
	const { run, seconds } = await runForJson({
		...how,
		args: [
			"matrix",
			"/",
			...["--within", within, "--profile", "none"],
			...flagOf[method],
			...(options.design === "usual" ? [] : ["--design", options.design]),
		],
		env: { MATRIX_TRUTH: truth, LOOP_UNITS_PER_PERCENT: String(roundsPerPercent) },
	});
	return { truth, seconds, ...judge(matrixOf(run), run.stack, layersOf(truth, roundsPerPercent), scale) };
}

/** By several comparisons. */
async function wholeScale(): Promise<Scale> {
	for (;;) {
		const known = results.scales[machine];
		if (known !== undefined && known.measured.length >= SCALE_REPEATS) return known;
		await growScale();
	}
}

/** The loop and the hooks are linear, so they are measured large; the median is taken. */
async function growScale(): Promise<void> {
	const costs: Costs = {
		nsPerRound: (await addedCpuNs("scale:1,0", `scale:1,${SCALE_ROUNDS}`)) / SCALE_ROUNDS,
		nsPerHook: (await addedCpuNs("scale:0,0", `scale:${SCALE_HOOKS},0`)) / SCALE_HOOKS,
		bareNs: await measureBareNs(),
	};
	const measured = [...(results.scales[machine]?.measured ?? []), costs];
	const medianOf = (figure: (costs: Costs) => number): number => median(measured.map(figure));
	results.scales[machine] = {
		bareNs: medianOf(({ bareNs }) => bareNs),
		nsPerRound: medianOf(({ nsPerRound }) => nsPerRound),
		nsPerHook: medianOf(({ nsPerHook }) => nsPerHook),
		measured,
	};
	save();
	console.log(`${machine}: ${JSON.stringify(costs)}`);
}

/** As the matrix measures it: beside a dear one, as in a comparison, a bare request takes longer. */
async function measureBareNs(): Promise<number> {
	const { run } = await runForJson({
		...how,
		args: ["matrix", "/", "--quick", "--within", "20s", "--profile", "none"],
		env: { MATRIX_TRUTH: "none" },
	});
	const bare = matrixOf(run).variants.find(({ name }) => name === "bare");
	const cpuNs = bare?.figures?.cpuNsPerRequest ?? null;
	if (cpuNs === null) throw new Error("az-prof matrix could not measure the CPU of bare");
	return cpuNs;
}

/** Nanoseconds of CPU that a request takes more, where the app is told `head` instead of `base`. */
async function addedCpuNs(base: string, head: string): Promise<number> {
	const { run } = await runForJson({
		...how,
		args: [
			"compare",
			"/",
			...["--base-env", `MATRIX_TRUTH=${base}`, "--head-env", `MATRIX_TRUTH=${head}`],
			...["--fail-on", "cpu=0.1%", "--within", "20s", "--no-profile"],
		],
	});
	const cpu = sidesOf(comparisonOf(run), "cpu");
	return cpu.head - cpu.base;
}
