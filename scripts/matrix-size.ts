/**
 * What `az-prof matrix` takes of time and memory, by the number of its variants.
 *
 *   npm run script scripts/matrix-size.ts -- --variants 4,8,16,32 --runs 1 [--within 60] [--write]
 *
 * The app is that of matrix-bench, with as many layers as the design needs for so many variants; they cost 0, 1, 2 and 5 % of a bare
 * request in turn. Runs are added to scripts/results/matrix-size.json until there are so many of each size, and --write makes the table
 * of docs/matrix-size.md from it. Needs /proc. Traffic goes to loopback only; every run has a time limit.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { designFor } from "#matrix/designs/design-for.js";
import { median } from "#src/analyse/comparison/robust.js";
import type { Matrix, Stack } from "#src/model/matrix.js";
import type { RunRecord } from "#src/model/run.js";
import { variantFailureText } from "#src/report/sentences/variant-failure.js";
import { documentOf, matrixOf, startForJson } from "./bench/az-prof.js";
import { writeIntoPage } from "./bench/document.js";
import { machine } from "./bench/machine.js";
import { optionsOf } from "./bench/options.js";
import { inScripts } from "./bench/processes.js";
import { turnsUntil } from "./bench/results.js";
import { judge, namedEffects } from "./matrix-bench/judge.js";
import { type AppLayers, layersOf } from "./matrix-bench/layers.cjs";
import { matrixBenchResults, type Scale } from "./matrix-bench/results.js";
import { watchMemory } from "./matrix-size/memory.js";
import { type MatrixSizeRun, matrixSizeResults } from "./matrix-size/results.js";
import { tableOf } from "./matrix-size/table.js";

const MOST_LAYERS = 100;
const LONGEST_RUN_MS = 600_000;
/** A look costs some milliseconds of CPU with thirty processes. */
const LOOK_MS = 500;

/** By the number of variants, how many layers give so many in the default design. */
const layersByVariants = new Map(
	Array.from({ length: MOST_LAYERS }, (_, index) => {
		const factors = Array.from({ length: index + 1 }, (_, factor) => `layer-${factor}`);
		return [designFor({ kind: "one-at-a-time", factors, leaveOneOut: false }).cells.length, factors.length] as const;
	}),
);

const options = optionsOf({
	lists: { variants: { usual: "4,8,16,32", of: [...layersByVariants.keys()].map(String) } },
	numbers: { runs: { usual: 1, least: 0, most: 20 }, within: { usual: 60, least: 10, most: 600 } },
	flags: ["write"],
});
const within = `${options.within}s`;
const { results, save } = matrixSizeResults();

const runsOf = (variants: number): number =>
	results.runs.filter((run) => run.variants === variants && run.within === within).length;

for (const variants of turnsUntil(options.runs, options.variants.map(Number), runsOf)) {
	const found = await runOnce(variants, layersByVariants.get(variants) ?? Number.NaN);
	results.runs.push({ variants, within, date: new Date().toISOString(), machine, ...found });
	save();
	console.log(JSON.stringify({ variants, ...found, effects: undefined }));
}
if (options.write) writeIntoPage("matrix-size.md", "table", tableOf(results));

/** What a round of the loop and a hook cost on this machine. */
function knownScale(): Scale {
	const scale = matrixBenchResults().results.scales[machine];
	if (scale === undefined) throw new Error(`no scale for ${machine}: run scripts/matrix-bench.ts -- --runs 1 first`);
	return scale;
}

type Found = Omit<MatrixSizeRun, "variants" | "within" | "date" | "machine">;

/** One run from outside: how long it takes, when its first whole set is there, what its processes take. */
async function runOnce(variants: number, layers: number): Promise<Found> {
	const scale = knownScale();
	const roundsPerPercent = scale.bareNs / 100 / scale.nsPerRound;
	const mixed = `mixed:${layers}`;
	const out = mkdtempSync(join(tmpdir(), "az-prof-size-"));
	try {
		const began = performance.now();
		const { child, ended } = startForJson({
			args: ["matrix", "/", "--absent", "--within", within, "--profile", "none"],
			target: ["node", inScripts("matrix-bench", "app.cjs")],
			out,
			timeoutMs: LONGEST_RUN_MS,
			env: { MATRIX_TRUTH: mixed, LOOP_UNITS_PER_PERCENT: String(roundsPerPercent) },
		});
		let firstSetS: number | null = null;
		const memory = watchMemory(child.pid ?? Number.NaN, LOOK_MS, () => {
			if (firstSetS === null && hasWholeSet(out)) {
				firstSetS = Number(((performance.now() - began) / 1e3).toFixed(1));
			}
		});
		const { stdout, seconds } = await ended.finally(() => memory.stop());
		const run = documentOf("matrix", stdout);
		const truth = layersOf(mixed, roundsPerPercent);
		return {
			layers,
			firstSetS,
			totalS: seconds,
			peak: memory.stop(),
			...figuresOf(matrixOf(run), run.stack, truth, scale, variants),
		};
	} finally {
		rmSync(out, { recursive: true, force: true });
	}
}

/** A record is saved with its matrix once every block has a set. */
function hasWholeSet(out: string): boolean {
	const folder = readdirSync(out).find((name) => name.includes("-matrix-") && !name.startsWith("."));
	if (folder === undefined) return false;
	const run = JSON.parse(readFileSync(join(out, folder, "run.json"), "utf8")) as RunRecord;
	return run.command === "matrix" && run.matrix !== null;
}

function figuresOf(matrix: Matrix, stack: Stack | null, truth: AppLayers, scale: Scale, variants: number) {
	if (matrix.variants.length !== variants) throw new Error(`${matrix.variants.length} variants, not ${variants}`);
	const { intervals, wrong, bareNs } = judge(matrix, stack, truth, scale);
	const { blocks } = matrix.design;
	const ends = matrix.sets.map(({ endedAtMs }) => endedAtMs).filter((_, index) => index % blocks === blocks - 1);
	const lengthsMs = ends.map((end, index) => end - (ends[index - 1] ?? 0));
	const effects = namedEffects(matrix, stack)
		.filter(({ metric }) => metric === "cpu")
		.map(({ layer, change, low, high, verdict }) => {
			const rounds = truth.layers.find(({ name }) => name === layer)?.rounds;
			if (rounds === undefined) throw new Error(`the app has no layer ${layer}`);
			const interval = intervals.find((each) => each.layer === layer && each.metric === "cpu");
			return {
				layer,
				truthPercent: Math.round((rounds * scale.nsPerRound * 100) / scale.bareNs),
				changeNs: change,
				lowNs: low,
				highNs: high,
				...(interval === undefined ? {} : { covered: interval.covered }),
				verdict,
			};
		});
	const widthsNs = effects.flatMap(({ lowNs, highNs }) => (lowNs === null || highNs === null ? [] : [highNs - lowNs]));
	return {
		blocks,
		rotation: matrix.design.rotation,
		sets: ends.length,
		setS: Number((median(lengthsMs) / 1e3).toFixed(2)),
		elapsedMs: Math.round(matrix.elapsedMs),
		halfWidthPercent: widthsNs.length === 0 || bareNs === null ? null : (median(widthsNs) / 2 / bareNs) * 100,
		failed: matrix.variants.flatMap(({ name, failed }) =>
			failed === null ? [] : [`${name}: ${variantFailureText(failed)}`],
		),
		wrong,
		effects,
	};
}
