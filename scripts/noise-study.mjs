/**
 * What the difference between two starts of the same code is made of: A/A sets on one app under several settings, and the
 * spread of every estimator between sets. node scripts/noise-study.mjs simple|gateway|plugins SETS SETTING…
 * where SETTING is semi=64,warm=12000,set=1500,slice=15,clients=32 (semi=0: as Node comes). Settings take turns set by set.
 * Needs a build. Traffic goes to loopback only; every loop is bounded.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mergeHistograms, valueAtQuantile } from "#src/analyse/latency/histogram.js";
import { startLoadGenerator } from "#src/load/handle/generator-process.js";
import { measureSets } from "#src/measure/interleave.js";
import { openLiveSet } from "#src/measure/live-set.js";
import { projectRoot } from "#src/process/entry-point.js";
import { planCpus } from "#src/process/pinning.js";
import { seededRandom } from "#src/random.js";
import { startTarget } from "#src/target/start-target.js";

const [, , app = "simple", setsText = "10", ...settingTexts] = process.argv;
const mostSets = Math.min(100, Number(setsText));
const apps = {
	simple: { path: "/", argv: ["node", join(projectRoot, "scripts/verdict-bench/simple.cjs")] },
	plugins: { path: "/", argv: ["node", join(projectRoot, "scripts/verdict-bench/ten-plugins.cjs")] },
	gateway: {
		path: "/metrics",
		argv: [
			"node",
			join(projectRoot, "dist/gateway/main.js"),
			"--host",
			"127.0.0.1",
			"--port",
			"0",
			"--rate-limit-max",
			"0",
			"--log",
			"none",
			"--no-auth",
		],
	},
};
const { path, argv } = apps[app];
const settings = (settingTexts.length === 0 ? ["semi=64"] : settingTexts).map((text) => ({
	text,
	semi: 64,
	warm: 12_000,
	set: 1_500,
	slice: 15,
	clients: 32,
	...Object.fromEntries(
		text
			.split(",")
			.map((part) => part.split("="))
			.map(([key, value]) => [key, Number(value)]),
	),
}));

const folder = mkdtempSync(join(tmpdir(), "az-prof-noise-"));
const cpus = planCpus();
const generator = await startLoadGenerator({ pinnedCpus: cpus.generator });
const signal = AbortSignal.timeout(3_600_000);
const endpoint = { method: "GET", path, headers: {}, body: null };

async function start(order, setting) {
	const flags =
		setting.semi === 0 ? [] : [`--min-semi-space-size=${setting.semi}`, `--max-semi-space-size=${setting.semi}`];
	const targets = [];
	for (const index of order) {
		targets[index] = await startTarget(
			{ kind: "command", argv, env: {}, cwd: projectRoot, port: null },
			{ label: `side-${index}`, nodeFlags: flags, endGraceMs: 1_000 },
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
				load: { kind: "closed", clients: setting.clients },
				timeoutMs: 5_000,
			},
		})),
		{ generator, signal, onSlice: () => {}, onWarmup: () => {} },
	);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const sd = (values) =>
	Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));

const clock = { now: () => performance.now() };
const streams = settings.map((setting, index) => {
	const plan = {
		variants: 2,
		laterSets: null,
		setMs: setting.set,
		sliceMs: setting.slice,
		warmupRequests: setting.warm,
		warmupMaxMs: 4_000,
		clients: setting.clients,
	};
	return {
		setting,
		found: [],
		tookMs: [],
		events: measureSets((order) => start(order, setting), plan, seededRandom(index + 1), clock),
	};
});
for (let set = 0; set < mostSets; set++) {
	for (const stream of streams) {
		const began = performance.now();
		for (;;) {
			const { value } = await stream.events.next();
			if (value.kind !== "set") continue;
			stream.found.push(estimates(value.set));
			stream.tookMs.push(performance.now() - began);
			break;
		}
	}
}
for (const { events } of streams) await events.return();
await generator.close();
rmSync(folder, { recursive: true, force: true });

console.log(
	`${app} ${path}, n = ${mostSets} sets of two processes of the same code for each setting; sd of the log ratio in %`,
);
for (const { setting, found, tookMs } of streams) {
	const names = Object.keys(found[0]);
	const cells = names.map(
		(name) =>
			`${name} ${(100 * sd(found.map((each) => each[name]))).toFixed(2)} (mean ${(100 * mean(found.map((each) => each[name]))).toFixed(2)})`,
	);
	console.log(`${setting.text}: ${(mean(tookMs) / 1e3).toFixed(2)} s a set, ${cells.join(", ")}`);
}

function estimates(set) {
	const slices = (variant) => set.rounds.map((round) => round.slices[variant]);
	const [a, b] = [slices(0), slices(1)];
	const perRequest = ({ cpuNs, requests }) => cpuNs / requests;
	const contrasts = a
		.map((slice, index) => Math.log(perRequest(b[index]) / perRequest(slice)))
		.filter(Number.isFinite)
		.sort((x, y) => x - y);
	const cut = Math.floor(contrasts.length * 0.2);
	const total = (list) =>
		list.reduce((sum, { cpuNs }) => sum + cpuNs, 0) / list.reduce((sum, { requests }) => sum + requests, 0);
	const quantile = (list, q) => valueAtQuantile(mergeHistograms(list.map(({ latency }) => latency)), q);
	const bytes = ({ allocatedBytes, requests }) => allocatedBytes / requests;
	return {
		trimmed: mean(contrasts.slice(cut, contrasts.length - cut)),
		median: contrasts[contrasts.length >> 1],
		totals: Math.log(total(b) / total(a)),
		p50: Math.log(quantile(b, 0.5) / quantile(a, 0.5)),
		p99: Math.log(quantile(b, 0.99) / quantile(a, 0.99)),
		p999: Math.log(quantile(b, 0.999) / quantile(a, 0.999)),
		alloc: Math.log(bytes(set.allocation[1]) / bytes(set.allocation[0])),
		within: sd(contrasts) / Math.sqrt(contrasts.length),
		rounds: contrasts.length / 100,
	};
}
