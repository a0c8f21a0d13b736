import * as z from "zod";
import { doctorVerdicts } from "./findings/doctor.js";
import type { Immutable } from "./immutable.js";
import { toolVerdictSchema } from "./readings.js";

/** What `az-prof doctor` reads from the inside of a target during one clean window. */

const nanoseconds = z.number().nonnegative();
const share = z.number().min(0);

const vitalsPointSchema = z.object({
	/** Milliseconds since the window opened, at the end of the stretch that it describes. */
	atMs: z.number(),
	/** The largest delay of a timer in the stretch. */
	delayMaxNs: nanoseconds,
	/** Share of the stretch that the loop was not waiting in the operating system. */
	utilization: share,
	/** CPU time of all threads per time: 1 is one core. */
	cpu: share,
	/** Share of the stretch in pauses of the garbage collector. */
	gc: share,
	heapUsedBytes: z.number().nonnegative(),
	rssBytes: z.number().nonnegative(),
	/** What keeps the loop alive: sockets, timers, requests to the thread pool. */
	resources: z.number().int().nonnegative(),
});

/** A stretch in which the loop did not turn. */
const blockSchema = z.object({
	/** When it ended. */
	atMs: z.number(),
	durationNs: nanoseconds,
	/** CPU time that the process used meanwhile. */
	cpuNs: nanoseconds,
	/** Pauses of the collector meanwhile. */
	gcNs: nanoseconds,
});
export type LoopBlock = Immutable<z.infer<typeof blockSchema>>;

export const doctorSchema = z.object({
	/** The clean measurement it belongs to. */
	measurementId: z.string(),
	windowNs: nanoseconds,
	/** How much later than planned a timer of 10 ms fired. */
	delay: z.object({ meanNs: nanoseconds, p50Ns: nanoseconds, p99Ns: nanoseconds, maxNs: nanoseconds }),
	/** Share of the window that the loop was not waiting in the operating system. */
	utilization: share,
	/** CPU time of all threads per time, as the process itself counts it: 1 is one core. */
	cpu: share,
	/** Pauses of the collector: share of the window, and the longest. */
	gc: z.object({ share, totalNs: nanoseconds, longestNs: nanoseconds, pauses: z.number().int().nonnegative() }),
	/** Time the target's threads waited for a core, per time; null where it is not known. */
	runQueueWait: share.nullable(),
	/** The longest first, at most a hundred. */
	blocks: z.array(blockSchema),
	/** How many there were. */
	blockCount: z.number().int().nonnegative(),
	/** About ten a second. */
	series: z.array(vitalsPointSchema),
	/** Codes of the findings that say where the time goes, the strongest first; "HEALTHY" where nothing is wrong. */
	verdicts: z.array(z.enum(doctorVerdicts)),
	/** What other tools say of the same load, and how that goes with ours. */
	others: z.array(toolVerdictSchema.extend({ collector: z.string(), agrees: z.boolean() })),
});
export type Doctor = Immutable<z.infer<typeof doctorSchema>>;
