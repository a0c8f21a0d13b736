/**
 * How often compare would name a function of two equal sides, by its CPU or by what it allocates: process sets of one app are measured
 * and sampled as compare does it, then comparisons are drawn from them, with the sides of each set swapped at random. And how often it
 * names the right one where INJECT makes one side dearer.
 *
 *   npm run script scripts/function-names.ts -- --sets 60 [--draws 1000] [--per-draw 8] [--inject cpu:3000] [--keep FILE | --from FILE]
 *
 * --keep appends the sets to a file, from which a later run draws again without measuring.
 */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SampledSet, sampledFunctions } from "#src/analyse/comparison/functions/cost-series.js";
import { levelsOf } from "#src/analyse/comparison/functions/family.js";
import { judgeFunctions } from "#src/analyse/comparison/functions/judge-functions.js";
import { allocatingSide, sampledTree } from "#src/analyse/comparison/functions/sampled-tree.js";
import type { ProcessSet } from "#src/analyse/comparison/process-set.js";
import { evidenceOf } from "#src/analyse/comparison/set-changes.js";
import { shareInterval } from "#src/analyse/statistics/share-interval.js";
import { targetFunctionSampler } from "#src/collect/function-sampler.js";
import { startLoadGenerator } from "#src/load/handle/generator-process.js";
import { cpuReaderOf } from "#src/measure/cpu-reader.js";
import { type LiveSet, measureSets } from "#src/measure/interleave.js";
import { openLiveSet } from "#src/measure/live-set.js";
import { projectRoot } from "#src/process/entry-point.js";
import { planCpus } from "#src/process/pinning.js";
import { seededRandom } from "#src/random.js";
import { startTarget } from "#src/target/start-target.js";
import { allStarted, startTogether } from "#src/target/start-together.js";
import { apps } from "./bench/apps.js";
import { optionsOf, SEED } from "./bench/options.js";
import { injecting } from "./verdict-bench/injection.js";

const options = optionsOf({
	numbers: {
		sets: { usual: 40, least: 0, most: 1_000 },
		draws: { usual: 1_000, least: 1, most: 100_000 },
		"per-draw": { usual: 8, least: 4, most: 100 },
		seed: SEED,
	},
	texts: { inject: "none", keep: "", from: "" },
});

const ALPHA = 0.01;
const ROOTS = { base: projectRoot, head: projectRoot };
const app = apps.plugins;
const random = seededRandom(options.seed);
const sets = options.from === "" ? await measured() : kept(options.from);
console.log(`${sets.length} sets, seed ${options.seed}`);
drawn();

/** One set by both measures. */
interface BothMeasures {
	readonly cpu: SampledSet;
	readonly bytes: SampledSet;
}

function kept(file: string): BothMeasures[] {
	return readFileSync(file, "utf8")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line) as BothMeasures);
}

async function measured(): Promise<BothMeasures[]> {
	const folder = mkdtempSync(join(tmpdir(), "az-prof-functions-"));
	const generator = await startLoadGenerator({ pinnedCpus: planCpus().generator });
	const found: BothMeasures[] = [];
	const plan = {
		...{ variants: 2, laterSets: null, withinMs: null, setMs: 2_500, sampledShare: 0.35, sliceMs: 15 },
		bytes: { ms: 500, fromDifference: 0 },
		...{ warmupRequests: 6_000, warmupMaxMs: 4_000, clients: 32, light: "none" as const },
	};
	const clock = { now: () => performance.now() };
	try {
		for await (const event of measureSets((order) => start(order, folder, generator), plan, random, clock)) {
			if (event.kind !== "set") continue;
			const both = bothMeasures(event.set);
			if (both === null) continue;
			found.push(both);
			if (options.keep !== "") appendFileSync(options.keep, `${JSON.stringify(both)}\n`);
			if (found.length >= options.sets) break;
		}
	} finally {
		await generator.close();
		rmSync(folder, { recursive: true, force: true });
	}
	return found;
}

/** Null for a set with a side that was not warm, or not sampled. */
function bothMeasures(set: ProcessSet): BothMeasures | null {
	if ((set.cold?.length ?? 0) > 0) return null;
	const [base, head] = [0, 1].map((variant) => {
		const [profile, allocations] = [set.sampled?.[variant] ?? null, set.sampledBytes?.[variant] ?? null];
		const { cpuNsPerRequest } = evidenceOf(set, variant).cost;
		if (profile === null || allocations === null || cpuNsPerRequest === null) return null;
		return {
			cpu: { tree: sampledTree(profile, null), perRequest: cpuNsPerRequest },
			bytes: allocatingSide(allocations.bytes, allocations.answers),
		};
	});
	if (base == null || head == null) return null;
	return { cpu: { base: base.cpu, head: head.cpu }, bytes: { base: base.bytes, head: head.bytes } };
}

async function start(
	order: readonly number[],
	folder: string,
	generator: Awaited<ReturnType<typeof startLoadGenerator>>,
): Promise<LiveSet> {
	const cpus = planCpus();
	const signal = AbortSignal.timeout(3_600_000);
	const endpoint = { method: "GET", path: app.path, headers: {}, body: null };
	const started = await startTogether(order, 2, (index) => {
		const { nodeFlags, env } = injecting(index === 0 ? "none" : options.inject);
		return startTarget(
			{ kind: "command", argv: ["node", ...nodeFlags, ...app.script], env, cwd: projectRoot, port: null },
			{
				label: `side-${index}`,
				nodeFlags: ["--min-semi-space-size=64", "--max-semi-space-size=64"],
				pinned: "when settled",
				endGraceMs: 1_000,
			},
			{
				...{ endpoint, expectedStatus: null, logFolder: folder, secrets: [], keepsLog: true },
				...{ pinnedCpus: cpus.target, startTimeoutMs: 10_000, signal },
			},
		);
	});
	const targets = await allStarted(started);
	// A sampler's file has the same name in every process.
	const folders = targets.map((_, index) => {
		const own = join(folder, `side-${index}`);
		mkdirSync(own, { recursive: true });
		return own;
	});
	const load = { kind: "closed", clients: 32 } as const;
	return openLiveSet(
		targets.map((target, index) => ({
			name: `side ${index}`,
			target,
			order: { origin: target.origin, request: endpoint, expectedStatus: null, load, timeoutMs: 5_000 },
		})),
		{
			...{ generator, warmAtOnce: 2, signal, cpuReaderOf },
			...{ onSlice: () => {}, onAside: () => {}, onThreads: () => {} },
			samplerOf: (variant, target) => targetFunctionSampler(target, folders[variant] ?? folder),
		},
	);
}

function drawn(): void {
	const isEqual = options.inject === "none";
	const names = new Map<string, number>();
	const named = { either: 0, cpu: 0, bytes: 0 };
	let tested = 0;
	for (let draw = 0; draw < options.draws; draw++) {
		const some = Array.from({ length: options["per-draw"] }, (): BothMeasures => {
			const set = sets[Math.floor(random() * sets.length)] as BothMeasures;
			return isEqual && random() < 0.5 ? { cpu: swapped(set.cpu), bytes: swapped(set.bytes) } : set;
		});
		const levels = levelsOf(ALPHA);
		let either = false;
		for (const measure of ["cpu", "bytes"] as const) {
			const judged = judgeFunctions(
				sampledFunctions(
					some.map((set) => set[measure]),
					ROOTS,
				),
				levels[measure].functions,
			);
			const changed = judged?.changed.filter(({ verdict }) => verdict !== "moved") ?? [];
			tested += judged?.tested ?? 0;
			if (changed.length > 0) named[measure]++;
			either ||= changed.length > 0;
			for (const { kind, frame, verdict } of changed) {
				const name = `${measure}: ${verdict} ${kind} ${frame.name} ${frame.package ?? frame.file ?? ""}`;
				names.set(name, (names.get(name) ?? 0) + 1);
			}
		}
		if (either) named.either++;
	}
	const [low, high] = shareInterval(named.either, options.draws);
	const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
	console.log(
		`something named in ${named.either} of ${options.draws} draws of ${options["per-draw"]} sets: ${percent(named.either / options.draws)} [${percent(low)} … ${percent(high)}]; by CPU in ${named.cpu}, by bytes in ${named.bytes}; ${Math.round(tested / options.draws)} tested`,
	);
	for (const [name, count] of [...names].sort((a, b) => b[1] - a[1]).slice(0, 12)) console.log(`${count} × ${name}`);
}

function swapped({ base, head }: SampledSet): SampledSet {
	return { base: head, head: base };
}
