import * as z from "zod";
import { cpuPartsSchema, poolShareSchema } from "./cpu-parts.js";
import type { Immutable } from "./immutable.js";
import { isolatesSchema } from "./isolates.js";
import { latencySchema, seriesSchema, shareWithinSchema } from "./latency.js";
import { closedLoadSchema, loadSchema, requestCountsSchema, slicedLoadSchema } from "./load.js";
import { harnessKinds, regimes } from "./load-words.js";

const count = z.number().int().nonnegative();
const nanoseconds = z.number().nonnegative();
const share = z.number().nonnegative();

const endpointSchema = z.object({
	method: z.string(),
	path: z.string(),
	/** Header names in lower case; secret values are replaced before they come here. */
	headers: z.record(z.string(), z.string()),
	bodyBytes: count,
});

const cpuSchema = z.object({
	nsPerRequest: nanoseconds,
	/**
	 * 95 % interval. Of a window: over its seconds, so it does not cover the difference between two starts of a process; of slices: over
	 * the sets. Null where there are too few.
	 */
	lowNs: nanoseconds.nullable(),
	highNs: nanoseconds.nullable(),
	totalNs: nanoseconds,
	/** Time that the target's threads were runnable but waited for a core; null where that is not known. */
	runQueueWaitNs: nanoseconds.nullable(),
	/** schedstat: /proc/<pid>/task/<tid>/schedstat; cpuUsage: process.cpuUsage() through the agent. */
	source: z.enum(["schedstat", "cpuUsage"]),
	processes: count,
	/** By kind of thread; null where the kernel does not tell (docs/method.md, "Whose CPU it is"). */
	parts: cpuPartsSchema,
});
export type CpuFigures = Immutable<z.infer<typeof cpuSchema>>;

/** The generator's own condition, to judge whether it was the bottleneck. */
const generatorSchema = z.object({
	cpuNs: nanoseconds,
	/** Share of the time that it spent on a core, 0…1. */
	cpuUtilization: share,
	eventLoopUtilization: share.max(1),
	reconnects: count,
	/** Null where it may run on every core. */
	pinnedCpus: z.string().nullable(),
});

/** What every way of measuring knows of what it measured. */
const measuredSchema = z.object({
	/** Unique in the run: "clean GET /metrics", "v8 GET /metrics", "base clean GET /metrics". */
	id: z.string(),
	endpoint: endpointSchema,
	startedAt: z.string(),
	/** How long was measured: the window as it really was; all slices together. */
	measuredNs: nanoseconds,
	counts: requestCountsSchema,
	requestsPerSecond: z.number().nonnegative(),
	/**
	 * Of ok answers and of time-outs (at their deadline), from the actual send: to the last byte of the body (http), to the
	 * first event (sse), to the message that answers (websocket), to the end of the whole loop (agent).
	 */
	serviceTime: latencySchema,
	bodyBytesPerRequest: z.number().nonnegative(),
	/** Null where the CPU time of the target cannot be read. */
	cpu: cpuSchema.nullable(),
	/** True where it ended early. */
	partial: z.boolean(),
});

/** One second (the last one may be shorter) of a window. */
const secondSchema = z.object({
	startMs: z.number().nonnegative(),
	durationMs: z.number().positive(),
	requests: count,
	errors: count,
	/** Service times; null where nothing was answered. */
	p50Ns: nanoseconds.nullable(),
	p99Ns: nanoseconds.nullable(),
	maxNs: nanoseconds.nullable(),
	/** From the planned start; null in a closed loop, which has none. */
	responseP99Ns: nanoseconds.nullable(),
	/** CPU time that the target used in this second; null where it cannot be read. */
	targetCpuNs: nanoseconds.nullable(),
});

/** One kind of garbage collection within a window. */
const pauseSchema = z.object({
	/** V8's name: "Scavenge", "MarkSweepCompact", "IncrementalMarking", … */
	kind: z.string(),
	count: count,
	totalNs: nanoseconds,
	longestNs: nanoseconds,
});

const allocationReadingSchema = z.object({
	/** Of V8's heap; memory outside of it (buffers) is not in it. */
	bytesPerRequest: z.number().nonnegative(),
	totalBytes: z.number().nonnegative(),
	/** Every pause that a collection made, by kind. */
	pauses: z.array(pauseSchema),
});

/** A short stretch with one client, right behind a window on the same process: what somebody waits for whose request is alone. */
const lightStretchSchema = measuredSchema
	.pick({ measuredNs: true, counts: true, requestsPerSecond: true, serviceTime: true })
	.extend({ load: closedLoadSchema });

/** One stretch of load on one process. */
export const windowSchema = measuredSchema.extend({
	kind: z.literal("window"),
	/** Which variant of the target, where there are several ("base", "head", "bare"); else null. */
	variant: z.string().nullable(),
	/** The collector that ran during the window; null for a clean one. Only clean percentiles are the target's. */
	collector: z.string().nullable(),
	load: loadSchema,
	/** What a client does at a time, and so what `serviceTime` is of. */
	harness: z.enum(harnessKinds),
	/** Other latencies, as far as load and harness have them. */
	series: z.array(seriesSchema),
	/** Other things that were counted: "planned", "missed", "events", "close 1000". */
	tallies: z.record(z.string(), count),
	/** Absent where no bound was asked for; null where nothing was answered. */
	within: shareWithinSchema.nullable().exactOptional(),
	/** What was under way when the window closed and so is in no histogram. */
	unanswered: z.object({ count, oldestNs: nanoseconds }),
	/** Service time of whole answers with an unexpected status; null where there were none. */
	unexpectedServiceTime: z.object({ histogramV2: z.string() }).nullable(),
	generator: generatorSchema.extend({ runQueueWaitNs: nanoseconds.nullable() }),
	warmup: z.object({
		requests: count,
		durationMs: z.number().nonnegative(),
		/** Whether CPU (or, without it, time) per request had stopped falling when the window began. */
		flat: z.boolean(),
	}),
	seconds: z.array(secondSchema),
	/** What the target allocated; absent where it was not asked for, null where its collections could not be watched. */
	allocation: allocationReadingSchema.nullable().exactOptional(),
	/** The processes and worker threads of Node that took part; absent where that was one. */
	isolates: isolatesSchema.exactOptional(),
	/** Absent where it was not asked for, or where the load is no fuller. */
	light: lightStretchSchema.exactOptional(),
	/** What filled libuv's pool right after the window, the largest first; absent where it was not asked, or cannot tell. */
	poolWork: z.array(poolShareSchema).exactOptional(),
	/** Per-second histograms, a file of the run folder; absent for a window that serves a collector alone. */
	hlogFile: z.string().exactOptional(),
});
export type Window = Immutable<z.infer<typeof windowSchema>>;

/** All slices of one variant with one kind of load, over every set, added up: totals, which stand beside what a comparison estimates set by set. */
export const slicesSchema = measuredSchema.extend({
	kind: z.literal("slices"),
	/** "base", "head", "bare", "all but cors" */
	variant: z.string(),
	regime: z.enum(regimes),
	load: slicedLoadSchema,
	/** Starts of a process; they are the blocks of all intervals here. */
	sets: count,
	slices: count,
	generator: generatorSchema,
	/** Of all sets together. */
	warmup: z.object({ requests: count, durationMs: z.number().nonnegative() }),
});
export type Slices = Immutable<z.infer<typeof slicesSchema>>;

export const measurementSchema = z.discriminatedUnion("kind", [windowSchema, slicesSchema]);
export type Measurement = Immutable<z.infer<typeof measurementSchema>>;
