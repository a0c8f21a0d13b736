import { once } from "node:events";
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { estimatePercentiles } from "#src/analyse/latency/percentiles.js";
import type { LoadGenerator } from "#src/load/handle/generator-process.js";
import type { WindowResult } from "#src/load/order/order.js";
import type { ClientCeiling } from "#src/model/client-ceiling.js";
import { forgetChild, startChild } from "#src/process/child.js";
import { entryPoint } from "#src/process/entry-point.js";
import type { CpuPlan } from "#src/process/pinning.js";
import { readCached, writeCached } from "#src/store/user-cache.js";
import { toolVersion } from "#src/version.js";

const CLIENTS = 64;
const WARMUP_MS = 500;
const CEILING_MS = 1_000;
const FLOOR_MS = 500;
const KEPT_MS = 30 * 24 * 3_600_000;
const FILE = "client-ceiling.json";
const START_MS = 10_000;

/**
 * What the generator can do at most here: from the cache, or measured against a null responder on the target's cores, which takes two
 * seconds and is done once on a machine (for each version of Node and of the tool). Null where it could not be measured.
 */
export async function clientCeiling(
	generator: LoadGenerator,
	plan: CpuPlan,
	signal: AbortSignal,
): Promise<ClientCeiling | null> {
	const key = [cpus()[0]?.model.trim(), cpus().length, process.version, toolVersion, plan.target, plan.generator].join(
		" | ",
	);
	const kept = (readCached(FILE) ?? {}) as Record<string, ClientCeiling>;
	const found = kept[key];
	if (found !== undefined && Date.now() - Date.parse(found.measuredAt) < KEPT_MS) return { ...found, fromCache: true };
	const measured = await measureCeiling(generator, plan, signal);
	if (measured !== null) writeCached(FILE, { ...kept, [key]: measured });
	return measured;
}

async function measureCeiling(
	generator: LoadGenerator,
	plan: CpuPlan,
	signal: AbortSignal,
): Promise<ClientCeiling | null> {
	const child = await startChild({
		argv: [process.execPath, entryPoint("load/generator/null-responder")],
		pinnedCpus: plan.target,
		stdio: ["ignore", "ignore", "ignore", "ipc"],
	});
	// A timer of our own: AbortSignal.any() does not hold AbortSignal.timeout(), which the collector may take.
	const tooLate = new AbortController();
	const timer = setTimeout(() => tooLate.abort(), START_MS);
	try {
		const [port] = (await once(child, "message", {
			signal: AbortSignal.any([signal, tooLate.signal]),
		})) as [number];
		const most = await window(generator, port, CLIENTS, CEILING_MS, signal);
		const least = await window(generator, port, 1, FLOOR_MS, signal);
		const [p50, p99] = estimatePercentiles([least.serviceTime.histogram], [0.5, 0.99]);
		if (signal.aborted || most.counts.ok === 0 || p50 === undefined || p99 === undefined) return null;
		return {
			clients: CLIENTS,
			requestsPerSecond: (most.counts.ok / most.windowNs) * 1e9,
			floorP50Ns: p50.valueNs,
			floorP99Ns: p99.valueNs,
			cpuNsPerRequest: most.health.cpuNs / most.counts.ok,
			measuredAt: new Date().toISOString(),
			fromCache: false,
		};
	} catch {
		return null;
	} finally {
		clearTimeout(timer);
		forgetChild(child.pid);
		if (child.exitCode === null) child.kill("SIGKILL");
	}
}

async function window(
	generator: LoadGenerator,
	port: number,
	clients: number,
	durationMs: number,
	signal: AbortSignal,
): Promise<WindowResult> {
	await generator.begin({
		origin: `http://127.0.0.1:${port}`,
		request: { method: "GET", path: "/", headers: {}, body: null },
		expectedStatus: null,
		load: { kind: "closed", clients },
		timeoutMs: START_MS,
	});
	try {
		await sleep(WARMUP_MS, undefined, { signal }).catch(() => {});
		return await generator.record(durationMs, undefined, signal);
	} finally {
		await generator.end();
	}
}
