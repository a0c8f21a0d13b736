/** What makes a change on an app, and how large it is. */
import { relative } from "node:path";
import { median } from "#src/analyse/comparison/robust.js";
import { projectRoot } from "#src/process/entry-point.js";
import { planCpus } from "#src/process/pinning.js";
import { type App, type AppName, apps, startApp } from "../bench/apps.js";
import { comparisonOf, runForJson, sidesOf } from "../bench/az-prof.js";
import { clients } from "../bench/clients.js";
import { machine } from "../bench/machine.js";
import { inScripts } from "../bench/processes.js";
import type { KeptResults } from "../bench/results.js";
import type { Change } from "./cases.js";
import type { Scale, VerdictResults } from "./results.js";

const INJECT = inScripts("verdict-bench", "inject.cjs");
const LONGEST_RUN_MS = 300_000;

/** Every side loads what can make a change; the word says which. */
export const injecting = (words: string) => ({ nodeFlags: ["--require", INJECT], env: { INJECT: words } });

/** So that no run says where the project is on this machine. */
const fromRoot = (word: string): string =>
	word.startsWith(`${projectRoot}/`) ? `./${relative(projectRoot, word)}` : word;

/** `az-prof compare` on an app whose head does more. */
export async function compareInjected(app: App, words: string, options: readonly string[], out: string) {
	const { nodeFlags } = injecting(words);
	return runForJson({
		args: ["compare", app.path, "--head-env", `INJECT=${words}`, ...options, "--no-profile"],
		target: ["node", ...nodeFlags, ...app.script].map(fromRoot),
		out,
		timeoutMs: LONGEST_RUN_MS,
	});
}

/** What every unit of a change costs, found by a large one. */
const SCALES = {
	cpu: { units: 60_000, failOn: "cpu=0.1%" },
	alloc: { units: 20_000, failOn: "alloc=1%" },
} as const;

/** Words for inject.cjs. What a unit of a change costs on this app is measured once, and kept. */
export async function wordsFor(
	name: AppName,
	change: Change,
	{ results, save }: KeptResults<VerdictResults>,
	out: string,
): Promise<string> {
	if (change.kind === "words") return change.inject;
	const key = `${name} ${change.of} ${machine}`;
	let scale = results.scales[key];
	if (scale === undefined) {
		scale = await measureScale(name, change.of, out);
		results.scales[key] = scale;
		save();
		console.log(`${key}: ${JSON.stringify(scale)}`);
	}
	return `${change.of}:${Math.round((change.share * scale.base) / scale.perUnit)}`;
}

async function measureScale(name: AppName, metric: keyof typeof SCALES, out: string): Promise<Scale> {
	const { units, failOn } = SCALES[metric];
	const options = ["--fail-on", failOn, "--within", "40s"];
	const { run } = await compareInjected(apps[name], `${metric}:${units}`, options, out);
	const { base, head } = sidesOf(comparisonOf(run), metric);
	return { base, perUnit: (head - base) / units };
}

const ROUNDS = 3;
const ROUND_SECONDS = 2;
/** Of the client and of the app, with one connection. */
const WARMUP_ANSWERS = 2_000;

/** What a lone request takes longer at the median, by undici's client, base and head in turns on the cores that az-prof takes. */
export async function measureAddedMs(app: App, words: string): Promise<number> {
	const addedMs: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const baseMs = await medianMs(app, "none");
		addedMs.push((await medianMs(app, words)) - baseMs);
	}
	return median(addedMs);
}

async function medianMs(app: App, words: string): Promise<number> {
	const plan = planCpus();
	const server = await startApp(app, { ...injecting(words), cpus: plan.target });
	try {
		const { p50Ms } = await clients.undici({
			cpus: plan.generator,
			url: server.url,
			connections: 1,
			ratePerSecond: null,
			seconds: ROUND_SECONDS,
			warmupSeconds: ROUND_SECONDS,
			warmupAnswers: WARMUP_ANSWERS,
			body: null,
			onBegin: () => {},
		});
		if (p50Ms === null) throw new Error(`${server.url} answered nothing`);
		return p50Ms;
	} finally {
		await server.close();
	}
}
