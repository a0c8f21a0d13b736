/**
 * What V8's heap sampler costs its target at the interval that `az-prof alloc` uses: CPU per request with the sampler on and
 * off, in alternation within one warm process, in random order per round.
 *
 *   npm run script scripts/sampler-overhead.ts -- [--path /metrics] [--rounds 60] [--slice-ms 250] [--seed N]
 *
 * Prints the ratio with its 95 % interval over rounds. Traffic goes to the reference gateway on loopback only.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { criticalT } from "#src/analyse/comparison/critical-t.js";
import { median, trimmedError, trimmedMean } from "#src/analyse/comparison/robust.js";
import { INTERVAL_BYTES } from "#src/collect/v8-heap.js";
import { startLoadGenerator } from "#src/load/handle/generator-process.js";
import { cpuReaderOf } from "#src/measure/cpu-reader.js";
import { planCpus } from "#src/process/pinning.js";
import { seededRandom } from "#src/random.js";
import { startTarget } from "#src/target/start-target.js";
import { gatewayScript } from "./bench/apps.js";
import { optionsOf, SEED } from "./bench/options.js";
import { inRounds } from "./bench/rounds.js";

const options = optionsOf({
	texts: { path: "/metrics" },
	numbers: {
		rounds: { usual: 60, least: 3, most: 500 },
		"slice-ms": { usual: 250, least: 10, most: 5_000 },
		seed: SEED,
	},
});
const SETTLE_MS = 30;
const WARMUP_MS = 6_000;
const CLIENTS = 32;
/** At each end: a collection that falls into one slice must not decide. */
const TRIMMED_SHARE = 0.1;

const STATES = ["on", "off"] as const;
const sliceMs = options["slice-ms"];
const out = mkdtempSync(join(tmpdir(), "az-prof-overhead-"));
const endpoint = { method: "GET", path: options.path, headers: {}, body: null };
const cpus = planCpus();
const generator = await startLoadGenerator({ pinnedCpus: cpus.generator });
try {
	const target = await startTarget(
		{
			kind: "command",
			argv: ["node", ...gatewayScript],
			env: { NODE_ENV: "production", AZ_PROF_NO_INLINING: "1" },
			cwd: out,
			port: null,
		},
		{ label: "alternating" },
		{
			endpoint,
			expectedStatus: null,
			logFolder: out,
			secrets: [],
			keepsLog: true,
			pinnedCpus: cpus.target,
			startTimeoutMs: 20_000,
			signal: AbortSignal.timeout((options.rounds * 2 * (sliceMs + 200) + WARMUP_MS) * 2),
		},
	);
	try {
		const cpu = cpuReaderOf(target);
		const { agent } = target;
		if (agent === null || cpu === null) throw new Error("the gateway has no agent, or its CPU time cannot be read");
		await generator.begin({
			origin: target.origin,
			request: endpoint,
			expectedStatus: null,
			load: { kind: "closed", clients: CLIENTS },
			timeoutMs: 10_000,
		});
		await sleep(WARMUP_MS);
		const begin = (): Promise<unknown> => agent.call("heap.begin", { intervalBytes: INTERVAL_BYTES });
		const end = (): Promise<unknown> => agent.call("heap.end", { file: join(out, "slice.heapprofile") }, 30_000);
		const [onNs = [], offNs = []] = await inRounds(
			options.rounds,
			STATES,
			seededRandom(options.seed),
			async (state) => {
				// Stopping collects all garbage, so both kinds of slice come after a stop.
				await begin();
				await end();
				if (state === "on") await begin();
				await sleep(SETTLE_MS);
				const [before, from] = await Promise.all([generator.progress(), cpu.read()]);
				await sleep(sliceMs);
				const [after, to] = await Promise.all([generator.progress(), cpu.read()]);
				if (state === "on") await end();
				return (to.cpuNs - from.cpuNs) / (after.ok - before.ok);
			},
		);
		await generator.end();
		report(onNs, offNs);
	} finally {
		await target.end();
	}
} finally {
	await generator.close();
	rmSync(out, { recursive: true, force: true });
}

function report(onNs: readonly number[], offNs: readonly number[]): void {
	const ratios = onNs.map((cost, round) => Math.log(cost / (offNs[round] ?? Number.NaN)));
	const { error, degrees } = trimmedError(ratios, TRIMMED_SHARE);
	const centre = trimmedMean(ratios, TRIMMED_SHARE);
	const margin = criticalT(0.05, degrees + 1) * error;
	const percent = (log: number): string => `${((Math.exp(log) - 1) * 100).toFixed(2)} %`;
	const microseconds = (costs: readonly number[]): string => `${(median(costs) / 1e3).toFixed(1)} µs`;
	console.log(
		`GET ${options.path}, one sample per ${INTERVAL_BYTES} bytes: ${percent(centre)} more CPU per request [${percent(centre - margin)} … ${percent(centre + margin)}], n = ${ratios.length} rounds of ${sliceMs} ms slices; medians ${microseconds(offNs)} off, ${microseconds(onNs)} on`,
	);
}
