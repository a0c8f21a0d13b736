/**
 * What the difference between two starts of the same code is made of: A/A sets on one app under several settings, and the spread of
 * every estimator between sets.
 *
 *   npm run script scripts/noise-study.ts -- --app simple|gateway|plugins --sets 10 \
 *     --settings "semi=64,warm=12000,set=1500,slice=15,clients=32 semi=0"
 *
 * semi=0: as Node comes. Settings take turns set by set. Traffic goes to loopback only; every loop is bounded.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessSet, Slice } from "#src/analyse/comparison/process-set.js";
import { mean, median, standardDeviation, trimmedMean } from "#src/analyse/comparison/robust.js";
import { mergeHistograms, valueAtQuantile } from "#src/analyse/latency/histogram.js";
import { startLoadGenerator } from "#src/load/handle/generator-process.js";
import { cpuReaderOf } from "#src/measure/cpu-reader.js";
import { type LiveSet, measureSets } from "#src/measure/interleave.js";
import { openLiveSet } from "#src/measure/live-set.js";
import { projectRoot } from "#src/process/entry-point.js";
import { planCpus } from "#src/process/pinning.js";
import { seededRandom } from "#src/random.js";
import { startTarget } from "#src/target/start-target.js";
import type { RunningTarget } from "#src/target/target.js";
import { appNames, apps } from "./bench/apps.js";
import { sumOf } from "./bench/figures.js";
import { optionsOf } from "./bench/options.js";

const options = optionsOf({
	choices: { app: appNames },
	numbers: { sets: { usual: 10, least: 1, most: 100 } },
	texts: { settings: "semi=64" },
});
const app = apps[options.app];
/** The gateway's /metrics is the dearer one. */
const path = app === apps.gateway ? "/metrics" : app.path;

interface Setting {
	readonly text: string;
	/** MiB of the young generation; 0: as Node comes. */
	readonly semi: number;
	/** Requests. */
	readonly warm: number;
	/** Milliseconds. */
	/** Milliseconds, as they stand on the command line. */
	readonly set: number;
	// biome-ignore lint/plugin: the word of the command line
	readonly slice: number;
	readonly clients: number;
}

function settingOf(text: string): Setting {
	const setting = { text, semi: 64, warm: 12_000, set: 1_500, slice: 15, clients: 32 };
	for (const part of text.split(",")) {
		const [key = "", value] = part.split("=");
		if (!(key in setting) || key === "text" || !Number.isFinite(Number(value))) throw new Error(`what is ${part}?`);
		Object.assign(setting, { [key]: Number(value) });
	}
	return setting;
}

const folder = mkdtempSync(join(tmpdir(), "az-prof-noise-"));
const cpus = planCpus();
const generator = await startLoadGenerator({ pinnedCpus: cpus.generator });
const signal = AbortSignal.timeout(3_600_000);
const endpoint = { method: "GET", path, headers: {}, body: null };

async function start(order: readonly number[], { semi, clients }: Setting): Promise<LiveSet> {
	const nodeFlags = semi === 0 ? [] : [`--min-semi-space-size=${semi}`, `--max-semi-space-size=${semi}`];
	const targets: RunningTarget[] = [];
	for (const index of order) {
		targets[index] = await startTarget(
			{ kind: "command", argv: ["node", ...app.script], env: {}, cwd: projectRoot, port: null },
			{ label: `side-${index}`, nodeFlags, endGraceMs: 1_000 },
			{
				endpoint,
				expectedStatus: null,
				logFolder: folder,
				secrets: [],
				keepsLog: true,
				pinnedCpus: cpus.target,
				startTimeoutMs: 10_000,
				signal,
			},
		);
	}
	return openLiveSet(
		targets.map((target, index) => ({
			name: `side ${index}`,
			target,
			order: {
				origin: target.origin,
				request: endpoint,
				expectedStatus: null,
				load: { kind: "closed", clients },
				timeoutMs: 5_000,
			},
		})),
		{ generator, warmAtOnce: 2, signal, cpuReaderOf, onSlice: () => {}, onAside: () => {}, onThreads: () => {} },
	);
}

/** Log ratios of the second process to the first. */
type Estimates = Readonly<Record<string, number>>;

function estimatesOf({ rounds, allocation }: ProcessSet): Estimates {
	const sliceOf = (variant: number): Slice[] => rounds.map(({ slices }) => slices[variant] as Slice);
	const [a, b] = [sliceOf(0), sliceOf(1)];
	const perRequest = ({ cpuNs, requests }: Slice): number => (cpuNs ?? Number.NaN) / requests;
	const contrasts = a
		.map((slice, index) => Math.log(perRequest(b[index] as Slice) / perRequest(slice)))
		.filter(Number.isFinite);
	const total = (list: readonly Slice[]): number =>
		sumOf(list, ({ cpuNs }) => cpuNs ?? Number.NaN) / sumOf(list, ({ requests }) => requests);
	const quantile = (list: readonly Slice[], share: number): number =>
		valueAtQuantile(mergeHistograms(list.map(({ latency }) => latency)), share) ?? Number.NaN;
	const [bytesOfA, bytesOfB] = allocation.map((totals) =>
		totals === null ? Number.NaN : totals.allocatedBytes / totals.requests,
	);
	const ratio = (share: number): number => Math.log(quantile(b, share) / quantile(a, share));
	return {
		trimmed: trimmedMean(contrasts, 0.2),
		median: median(contrasts),
		totals: Math.log(total(b) / total(a)),
		p50: ratio(0.5),
		p99: ratio(0.99),
		p999: ratio(0.999),
		alloc: Math.log((bytesOfB ?? Number.NaN) / (bytesOfA ?? Number.NaN)),
		within: standardDeviation(contrasts) / Math.sqrt(contrasts.length),
		rounds: contrasts.length / 100,
	};
}

const streams = options.settings.split(" ").map((text, index) => {
	const setting = settingOf(text);
	const plan = {
		variants: 2,
		laterSets: null,
		withinMs: null,
		setMs: setting.set,
		sliceMs: setting.slice,
		warmupRequests: setting.warm,
		warmupMaxMs: 4_000,
		clients: setting.clients,
		light: "none" as const,
		sampledShare: 0,
		bytes: null,
	};
	const clock = { now: () => performance.now() };
	const events = measureSets((order) => start(order, setting), plan, seededRandom(index + 1), clock);
	return { setting, events, found: [] as Estimates[], tookMs: [] as number[] };
});
try {
	for (let set = 0; set < options.sets; set++) {
		for (const { events, found, tookMs } of streams) {
			const began = performance.now();
			for (let event = await events.next(); ; event = await events.next()) {
				if (event.value.kind !== "set") continue;
				found.push(estimatesOf(event.value.set));
				tookMs.push(performance.now() - began);
				break;
			}
		}
	}
} finally {
	for (const { events } of streams) await events.return(undefined as never);
	await generator.close();
	rmSync(folder, { recursive: true, force: true });
}

console.log(
	`${path}, n = ${options.sets} sets of two processes of the same code for each setting; sd of the log ratio in %`,
);
for (const { setting, found, tookMs } of streams) {
	const cells = Object.keys(found[0] ?? {}).map((name) => {
		const values = found.map((each) => each[name] ?? Number.NaN);
		return `${name} ${(100 * standardDeviation(values)).toFixed(2)} (mean ${(100 * mean(values)).toFixed(2)})`;
	});
	console.log(`${setting.text}: ${(mean(tookMs) / 1e3).toFixed(2)} s a set, ${cells.join(", ")}`);
}
