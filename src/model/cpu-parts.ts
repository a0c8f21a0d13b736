import * as z from "zod";
import type { Immutable } from "./immutable.js";

/**
 * Whose CPU time it is. "main thread": the event loop of the process that the load goes to. "other main threads": those of other
 * processes that carry the agent (a cluster's primary and its other workers, children). "worker threads": node:worker_threads.
 * "thread pool": libuv's (crypto, zlib, file system, DNS) and "V8 helpers", collector and compiler beside the main thread, of
 * all these processes. "other threads": of the same processes, but nobody's that is known (native addons, the inspector).
 * "other processes": what is below without an agent, all of its threads.
 */
export const threadKinds = [
	"main thread",
	"other main threads",
	"thread pool",
	"V8 helpers",
	"worker threads",
	"other processes",
	"other threads",
] as const;
export type ThreadKind = (typeof threadKinds)[number];

const nanoseconds = z.number().nonnegative();

const cpuPartSchema = z.object({
	kind: z.enum(threadKinds),
	cpuNs: nanoseconds,
	/** Its share of `cpuNs` of all parts, of the CPU per request: the parts of a measurement add up to that. */
	nsPerRequest: nanoseconds,
	/** Time that its threads were ready to run but had no core. */
	runQueueWaitNs: nanoseconds,
	/** How many threads used any; of slices, the largest number in a set. */
	threads: z.number().int().nonnegative(),
});
export type CpuPart = Immutable<z.infer<typeof cpuPartSchema>>;

/** What libuv's pool does, and its share of what the pool used. */
export const poolShareSchema = z.object({
	/** "crypto", "zlib", "fs", "dns", "fs and dns"; an addon's own name for its work. */
	work: z.string(),
	share: z.number().min(0).max(1),
});
export type PoolShare = Immutable<z.infer<typeof poolShareSchema>>;

/** Those that used any, in the order above; null where threads cannot be told apart. */
export const cpuPartsSchema = z.array(cpuPartSchema).nullable();
