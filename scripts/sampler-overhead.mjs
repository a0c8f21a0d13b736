/**
 * What V8's heap sampler costs its target at the interval that `az-prof alloc` uses: CPU per request with the sampler on and
 * off, in alternation within one warm process, in random order per round.
 *
 *   npm run build && node scripts/sampler-overhead.mjs [--path /metrics] [--rounds 60] [--slice-ms 250]
 *
 * Prints the ratio with its 95 % interval over rounds. Traffic goes to the reference gateway on loopback only.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { criticalT } from "#src/analyse/comparison/critical-t.js";
import { INTERVAL_BYTES } from "#src/collect/v8-heap.js";
import { realWorld } from "#src/commands/real-world.js";
import { tellRun } from "#src/investigate/run.js";
import { cpuReaderOf } from "#src/measure/cpu-reader.js";

const { values } = parseArgs({
	options: {
		path: { type: "string", default: "/metrics" },
		rounds: { type: "string", default: "60" },
		"slice-ms": { type: "string", default: "250" },
	},
});
const SETTLE_MS = 30;
const WARMUP_MS = 6_000;
const CLIENTS = 32;
const rounds = Math.min(500, Number(values.rounds));
const sliceMs = Math.min(5_000, Number(values["slice-ms"]));
const root = new URL("..", import.meta.url).pathname;
const out = mkdtempSync(join(tmpdir(), "az-prof-overhead-"));
const flags = ["--host", "127.0.0.1", "--port", "0", "--rate-limit-max", "0", "--log", "none", "--no-auth"];
const endpoint = { method: "GET", path: values.path, headers: {}, body: null };
const load = { kind: "closed", clients: CLIENTS };

const { failure } = await tellRun(
	{
		commandLine: [],
		target: {
			kind: "command",
			argv: ["node", join(root, "dist/gateway/main.js"), ...flags],
			env: { NODE_ENV: "production", AZ_PROF_NO_INLINING: "1" },
			cwd: out,
			port: null,
		},
		load: { ...load, durationMs: 1_000, warmupMs: 1_000, warmupMaxMs: 1_000, timeoutMs: 10_000 },
		expectedStatus: null,
		startTimeoutMs: 20_000,
		out,
		secrets: [],
		keepsLog: true,
		signal: AbortSignal.timeout((rounds * 2 * (sliceMs + 200) + WARMUP_MS) * 2),
		say: () => {},
		warn: () => {},
	},
	realWorld,
	"alloc",
	{ measurements: [], profiles: [], agreements: [], allocation: null, findings: [] },
	(run) => run.withTarget(endpoint, { label: "alternating" }, (target) => alternate(run, target)),
);
rmSync(out, { recursive: true, force: true });
if (failure !== null) throw failure;

async function alternate(run, target) {
	const generator = await run.generator();
	const cpu = cpuReaderOf(target);
	const order = { origin: target.origin, request: endpoint, expectedStatus: null, load, timeoutMs: 10_000 };
	await generator.begin(order);
	await sleep(WARMUP_MS);
	const ratios = [];
	const costs = { on: [], off: [] };
	for (let round = 0; round < rounds; round++) {
		const cost = {};
		for (const state of Math.random() < 0.5 ? ["on", "off"] : ["off", "on"]) {
			// Stopping collects all garbage, so both kinds of slice come after a stop.
			await target.agent.call("heap.begin", { intervalBytes: INTERVAL_BYTES });
			await target.agent.call("heap.end", { file: join(out, "slice.heapprofile") }, 30_000);
			if (state === "on") await target.agent.call("heap.begin", { intervalBytes: INTERVAL_BYTES });
			await sleep(SETTLE_MS);
			cost[state] = await costOfSlice(generator, cpu);
			if (state === "on") await target.agent.call("heap.end", { file: join(out, "slice.heapprofile") }, 30_000);
		}
		ratios.push(Math.log(cost.on / cost.off));
		for (const state of ["on", "off"]) costs[state].push(cost[state]);
	}
	await generator.end();
	report(ratios, costs);
}

async function costOfSlice(generator, cpu) {
	const [before, from] = await Promise.all([generator.progress(), cpu.read()]);
	await sleep(sliceMs);
	const [after, to] = await Promise.all([generator.progress(), cpu.read()]);
	return (to.cpuNs - from.cpuNs) / (after.ok - before.ok);
}

function report(ratios, costs) {
	// The mean of the middle 80 %, with Student's interval on it: a collection that falls into one slice must not decide.
	const sorted = ratios.toSorted((a, b) => a - b);
	const cut = Math.floor(sorted.length * 0.1);
	const kept = sorted.slice(cut, sorted.length - cut);
	const mean = kept.reduce((sum, each) => sum + each, 0) / kept.length;
	const sd = Math.sqrt(ratios.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (ratios.length - 1));
	const margin = (criticalT(0.05, ratios.length) * sd) / Math.sqrt(ratios.length);
	const percent = (log) => `${((Math.exp(log) - 1) * 100).toFixed(2)} %`;
	const microseconds = (list) => `${(list.toSorted((a, b) => a - b)[list.length >> 1] / 1e3).toFixed(1)} µs`;
	process.stdout.write(
		`GET ${values.path}, one sample per ${INTERVAL_BYTES} bytes: ${percent(mean)} more CPU per request [${percent(mean - margin)} … ${percent(mean + margin)}], n = ${ratios.length} rounds of ${sliceMs} ms slices; medians ${microseconds(costs.off)} off, ${microseconds(costs.on)} on\n`,
	);
}
