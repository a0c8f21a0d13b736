import * as z from "zod";
import { doctorVerdicts, standstillCauses, standstillsByCauseSchema } from "./findings/doctor.js";
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

/** A stretch in which the loop did not turn. Its parts add up to no more than its length; what is left was spent asleep. */
const standstillSchema = z.object({
	/** When it ended. */
	atMs: z.number(),
	durationNs: nanoseconds,
	cause: z.enum(standstillCauses),
	/** The loop's thread on a core, collections apart. */
	codeNs: nanoseconds,
	/** Pauses of the collector. */
	collectorNs: nanoseconds,
	/** The loop's thread ready to run without a core; null where it cannot be known. */
	noCoreNs: nanoseconds.nullable(),
});
export type Standstill = Immutable<z.infer<typeof standstillSchema>>;

/** The event loop of one of several isolates that answer. */
const answeringLoopSchema = z.object({
	kind: z.enum(["process", "cluster worker", "worker thread"]),
	pid: z.number(),
	/** The name of the file that it runs. */
	script: z.string(),
	utilization: share,
	cpu: share,
	delayP99Ns: nanoseconds,
	delayMaxNs: nanoseconds,
});
export type AnsweringLoop = Immutable<z.infer<typeof answeringLoopSchema>>;

/** Where several isolates answer, what is said of the event loop is of the busiest. */
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
	/** The same of the loop's own thread, and the time that it was ready to run without a core, per time; null where it is not known. */
	loop: z.object({ cpu: share, runQueueWait: share }).nullable(),
	/** How long a task waited for a thread of the pool, at least; null where none was answered. */
	poolDelay: z.object({ p50Ns: nanoseconds, maxNs: nanoseconds }).nullable(),
	/** Pauses of the collector: share of the window, and the longest. */
	gc: z.object({ share, totalNs: nanoseconds, longestNs: nanoseconds, pauses: z.number().int().nonnegative() }),
	/** Time the target's threads waited for a core, per time; null where it is not known. */
	runQueueWait: share.nullable(),
	/** The longest first, at most a hundred. */
	blocks: z.array(standstillSchema),
	/** How many there were. */
	blockCount: z.number().int().nonnegative(),
	/** All of them by cause, the one that took most time first. */
	blocksByCause: z.array(standstillsByCauseSchema),
	/** About ten a second. */
	series: z.array(vitalsPointSchema),
	/** Every event loop that answers; absent where there is one. */
	loops: z.array(answeringLoopSchema).exactOptional(),
	/** Codes of the findings that say where the time goes, the strongest first; "HEALTHY" where nothing is wrong. */
	verdicts: z.array(z.enum(doctorVerdicts)),
	/** What other tools say of the same load, and how that goes with ours. */
	others: z.array(toolVerdictSchema.extend({ collector: z.string(), agrees: z.boolean() })),
});
export type Doctor = Immutable<z.infer<typeof doctorSchema>>;
