import * as z from "zod";
import { type KindUse, usesBetween } from "#src/analyse/threads/cpu-parts.js";
import { poolShares } from "#src/analyse/threads/pool-shares.js";
import type { PoolShare } from "#src/model/cpu-parts.js";
import type { RunningTarget } from "#src/target/target.js";
import type { CpuReader } from "./cpu-reader.js";

/** A pool that used less of the window's CPU is not asked what it did. */
const LEAST_SHARE = 0.05;
const TRACE_MS = 500;
const TRACE_TIMEOUT_MS = 10_000;

const tracedSchema = z.object({
	cpuNs: z.record(z.string(), z.number()),
	operations: z.object({ fs: z.number(), dns: z.number() }),
});

/** Whether the pool used enough in a window. */
export function usesPool(uses: readonly KindUse[] | null): boolean {
	const all = uses?.reduce((sum, { cpuNs }) => sum + cpuNs, 0) ?? 0;
	const pool = uses?.find(({ kind }) => kind === "thread pool")?.cpuNs ?? 0;
	return pool > LEAST_SHARE * all;
}

/**
 * What fills the pool of the process that is loaded. Node's trace events tell, which cost it something: asked while the load goes on,
 * when the window is over. Null where it cannot tell.
 */
export async function poolWorkOf(
	{ agent, agents }: Pick<RunningTarget, "agent" | "agents">,
	cpu: CpuReader,
): Promise<PoolShare[] | null> {
	const main = agents
		.now()
		.find(({ isolate }) => isolate.pid === agent?.isolate.pid && isolate.kind !== "worker thread");
	if (main === undefined || main.isStuck) return null;
	try {
		await cpu.read();
		const before = cpu.threads();
		const traced = tracedSchema.parse(await main.call("pool.trace", { durationMs: TRACE_MS }, TRACE_TIMEOUT_MS));
		await cpu.read();
		const after = cpu.threads();
		if (before === null || after === null) return null;
		const uses = usesBetween(before, after, await cpu.threadKinds());
		return poolShares(traced, uses.find(({ kind }) => kind === "thread pool")?.cpuNs ?? 0);
	} catch {
		return null;
	}
}
