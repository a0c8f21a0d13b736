/**
 * What V8's samplers cost a target in slices as compare samples them: CPU per request with none, with that of CPU, with that of
 * allocations at several intervals, and with both, in turns within one warm process, in random order per round.
 *
 *   npm run script scripts/slice-samplers.ts -- [--app plugins] [--rounds 40] [--slice-ms 150] [--seed N]
 *
 * Prints each ratio to none with its 95 % interval over rounds. A round takes some 4 s.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { criticalT } from "#src/analyse/comparison/critical-t.js";
import { median, trimmedError, trimmedMean } from "#src/analyse/comparison/robust.js";
import { startLoadGenerator } from "#src/load/handle/generator-process.js";
import { cpuReaderOf } from "#src/measure/cpu-reader.js";
import { projectRoot } from "#src/process/entry-point.js";
import { planCpus } from "#src/process/pinning.js";
import { seededRandom } from "#src/random.js";
import { startTarget } from "#src/target/start-target.js";
import { appNames, apps } from "./bench/apps.js";
import { optionsOf, SEED } from "./bench/options.js";
import { inRounds } from "./bench/rounds.js";

const options = optionsOf({
	numbers: {
		rounds: { usual: 40, least: 3, most: 500 },
		"slice-ms": { usual: 150, least: 10, most: 5_000 },
		seed: SEED,
	},
	choices: { app: ["plugins", ...appNames] },
});
const SETTLE_MS = 30;
const WARMUP_MS = 5_000;
const CLIENTS = 32;
const CPU_INTERVAL_US = 200;
const TRIMMED_SHARE = 0.1;

interface State {
	readonly samplesCpu: boolean;
	/** 0: allocations are not sampled. */
	readonly intervalBytes: number;
}

const STATES: readonly State[] = [
	{ samplesCpu: false, intervalBytes: 0 },
	{ samplesCpu: true, intervalBytes: 0 },
	...[4_096, 8_192, 16_384, 65_536].map((intervalBytes) => ({ samplesCpu: false, intervalBytes })),
	...[16_384, 65_536].map((intervalBytes) => ({ samplesCpu: true, intervalBytes })),
];

const app = apps[options.app];
const sliceMs = options["slice-ms"];
const out = mkdtempSync(join(tmpdir(), "az-prof-samplers-"));
const endpoint = { method: "GET", path: app.path, headers: {}, body: null };
const cpus = planCpus();
const generator = await startLoadGenerator({ pinnedCpus: cpus.generator });
try {
	const target = await startTarget(
		{ kind: "command", argv: ["node", ...app.script], env: {}, cwd: projectRoot, port: null },
		{ label: "alternating", nodeFlags: ["--min-semi-space-size=64", "--max-semi-space-size=64"] },
		{
			...{ endpoint, expectedStatus: null, logFolder: out, secrets: [], keepsLog: true, pinnedCpus: cpus.target },
			startTimeoutMs: 20_000,
			signal: AbortSignal.timeout((options.rounds * STATES.length * (sliceMs + 400) + WARMUP_MS) * 2),
		},
	);
	try {
		const [cpu, { agent }] = [cpuReaderOf(target), target];
		if (agent === null || cpu === null) throw new Error("the app has no agent, or its CPU time cannot be read");
		const load = { kind: "closed", clients: CLIENTS } as const;
		await generator.begin({
			...{ origin: target.origin, request: endpoint, expectedStatus: null, load, timeoutMs: 10_000 },
		});
		await sleep(WARMUP_MS);
		const begin = async ({ samplesCpu, intervalBytes }: State): Promise<void> => {
			if (intervalBytes > 0) await agent.call("heap.begin", { intervalBytes });
			if (samplesCpu) await agent.call("cpu.sample.begin", { intervalUs: CPU_INTERVAL_US, file: join(out, "cpu") });
		};
		const end = async ({ samplesCpu, intervalBytes }: State): Promise<void> => {
			if (samplesCpu) await agent.call("cpu.sample.end", { file: join(out, "cpu") }, 30_000);
			if (intervalBytes > 0) await agent.call("heap.end", { file: join(out, "heap") }, 30_000);
		};
		const stopped = { samplesCpu: false, intervalBytes: 65_536 };
		const costsNs = await inRounds(options.rounds, STATES, seededRandom(options.seed), async (state) => {
			// Stopping the heap's sampler collects all garbage, so every slice comes after a stop.
			await begin(stopped);
			await end(stopped);
			await begin(state);
			await sleep(SETTLE_MS);
			const [before, from] = await Promise.all([generator.progress(), cpu.read()]);
			await sleep(sliceMs);
			const [after, to] = await Promise.all([generator.progress(), cpu.read()]);
			await end(state);
			return (to.cpuNs - from.cpuNs) / (after.ok - before.ok);
		});
		await generator.end();
		for (const [index, state] of STATES.entries()) report(state, costsNs[index] ?? [], costsNs[0] ?? []);
	} finally {
		await target.end();
	}
} finally {
	await generator.close();
	rmSync(out, { recursive: true, force: true });
}

function report({ samplesCpu, intervalBytes }: State, onNs: readonly number[], offNs: readonly number[]): void {
	const what = [
		...(samplesCpu ? [`CPU every ${CPU_INTERVAL_US} µs`] : []),
		...(intervalBytes > 0 ? [`allocations every ${intervalBytes} bytes`] : []),
	];
	const typical = `${(median(onNs) / 1e3).toFixed(1)} µs a request`;
	if (what.length === 0) {
		console.log(`no sampler: ${typical}, n = ${onNs.length} rounds`);
		return;
	}
	const ratios = onNs.map((cost, round) => Math.log(cost / (offNs[round] ?? Number.NaN)));
	const { error, degrees } = trimmedError(ratios, TRIMMED_SHARE);
	const centre = trimmedMean(ratios, TRIMMED_SHARE);
	const margin = criticalT(0.05, degrees + 1) * error;
	const percent = (log: number): string => `${((Math.exp(log) - 1) * 100).toFixed(1)} %`;
	console.log(
		`${what.join(", ")}: ${percent(centre)} [${percent(centre - margin)} … ${percent(centre + margin)}], ${typical}`,
	);
}
