import { z } from "zod";
import { allocationSchema } from "./allocation.js";
import { calibrationSchema } from "./calibration.js";
import { comparisonSchema } from "./comparison.js";
import { doctorSchema } from "./doctor.js";
import { findingSchema } from "./finding.js";
import { loadFoundSchema } from "./load.js";
import { matrixSchema } from "./matrix.js";
import { readingsSchema } from "./readings.js";

/**
 * run.json: all that is needed to judge, repeat or redraw a run. Every field that has a unit carries it in its name.
 * docs/run-record.md describes it for people; a change that readers would notice raises RUN_RECORD_VERSION.
 */
export const RUN_RECORD_FORMAT = "az-prof-run";
export const RUN_RECORD_VERSION = 1;

const count = z.number().int().nonnegative();
const nanoseconds = z.number().nonnegative();

const endpointSchema = z.object({
	method: z.string(),
	path: z.string(),
	/** Header names in lower case; secret values are replaced before they come here. */
	headers: z.record(z.string(), z.string()),
	bodyBytes: count,
});

const windowSchema = z.object({
	durationMs: z.number().positive(),
	/** The shortest warm-up; it goes on until CPU per request is flat, at most warmupMaxMs. */
	warmupMs: z.number().nonnegative(),
	warmupMaxMs: z.number().nonnegative(),
	timeoutMs: z.number().positive(),
});
const closedLoadSchema = windowSchema.extend({
	kind: z.literal("closed"),
	/** Connections, each with one request in flight. */
	clients: z.number().int().positive(),
});
/** Requests at planned times, whether earlier ones are answered or not. */
const openLoadSchema = windowSchema.extend({
	kind: z.literal("open"),
	ratePerSecond: z.number().positive(),
	arrivals: z.enum(["constant", "poisson"]),
	/** Of the Poisson arrivals. */
	seed: z.number().int().nonnegative(),
	/** Due and not answered; what would be beyond is missed. */
	maxInFlight: z.number().int().positive(),
});
const loadSchema = z.discriminatedUnion("kind", [closedLoadSchema, openLoadSchema]);

/** Every attempt that ended inside the window is in exactly one of ok, unexpectedStatus and errors. */
const requestCountsSchema = z.object({
	attempted: count,
	/** Whole answers of an expected status. */
	ok: count,
	/** Whole answers of another status, by status. */
	unexpectedStatus: z.record(z.string(), count),
	errors: z.object({ refused: count, reset: count, timeout: count, protocol: count, other: count }),
});

const percentileSchema = z.object({
	/** 0.5, 0.9, 0.95, 0.99, 0.999 */
	quantile: z.number().min(0).max(1),
	valueNs: nanoseconds,
	/** 95 % confidence interval; null where there are too few samples for one. */
	lowNs: nanoseconds.nullable(),
	highNs: nanoseconds.nullable(),
});

const latencySchema = z.object({
	percentiles: z.array(percentileSchema),
	maxNs: nanoseconds.nullable(),
	meanNs: nanoseconds.nullable(),
	/** V2 HDR histogram, compressed, base64, values in nanoseconds. */
	histogramV2: z.string(),
});

/** A kind of latency besides the service time. */
const seriesSchema = latencySchema.extend({
	/** Open loop: response (planned start to last byte), sendLag (planned start to send), pacingLag (the generator's own share of it). */
	name: z.enum(["response", "sendLag", "pacingLag", "connect", "eventGap", "stream", "provider", "overhead"]),
	count: count,
});

/** One second (the last one may be shorter) of the window. */
const secondSchema = z.object({
	startMs: z.number().nonnegative(),
	durationMs: z.number().positive(),
	requests: count,
	errors: count,
	p50Ns: nanoseconds.nullable(),
	p99Ns: nanoseconds.nullable(),
	maxNs: nanoseconds.nullable(),
	/** In an open loop, from the planned start; the three before are service times. */
	responseP99Ns: nanoseconds.nullable().optional(),
	/** CPU time that the target used in this second. */
	targetCpuNs: nanoseconds.nullable(),
});

const cpuSchema = z.object({
	nsPerRequest: nanoseconds,
	/** 95 % interval over the seconds of this one window; it does not cover the difference between two starts of a process. */
	lowNs: nanoseconds.nullable(),
	highNs: nanoseconds.nullable(),
	totalNs: nanoseconds,
	/** Time that the target's threads were runnable but waited for a core. */
	runQueueWaitNs: nanoseconds.nullable(),
	/** schedstat: /proc/<pid>/task/<tid>/schedstat; cpuUsage: process.cpuUsage() through the agent. */
	source: z.enum(["schedstat", "cpuUsage"]),
	processes: count,
});

const generatorSchema = z.object({
	cpuNs: nanoseconds,
	/** Share of the window that the generator spent on a core, 0…1. */
	cpuUtilization: z.number().nonnegative(),
	eventLoopUtilization: z.number().min(0).max(1),
	runQueueWaitNs: nanoseconds.nullable(),
	reconnects: count,
	pinnedCpus: z.string().nullable(),
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

const warmupSchema = z.object({
	requests: count,
	durationMs: z.number().nonnegative(),
	/** Whether CPU (or, without it, time) per request had stopped falling when the window began. */
	flat: z.boolean(),
});

const measurementSchema = z.object({
	/** Unique in the run: "clean GET /metrics", "v8 GET /metrics", "base GET /metrics". */
	id: z.string(),
	/** Which variant of the target, where there are several ("base", "head"); else null. */
	variant: z.string().nullable(),
	endpoint: endpointSchema,
	/** The collector that ran during the window; null for a clean one. Only clean percentiles are the target's. */
	collector: z.string().nullable(),
	load: loadSchema,
	startedAt: z.string(),
	/** How long the window really was. */
	windowNs: nanoseconds,
	counts: requestCountsSchema,
	requestsPerSecond: z.number().nonnegative(),
	/** What a client does at a time, and so what `serviceTime` is of. */
	harness: z.enum(["http", "sse", "websocket", "agent"]).default("http"),
	/**
	 * Of ok answers and of time-outs (at their deadline), from the actual send: to the last byte of the body (http), to the
	 * first event (sse), to the message that answers (websocket), to the end of the whole loop (agent).
	 */
	serviceTime: latencySchema,
	/** Other latencies of the window, as far as its load and harness have them. */
	series: z.array(seriesSchema).default([]),
	/** Other things that were counted in the window: "planned", "missed", "events", "close 1000". */
	tallies: z.record(z.string(), count).default({}),
	/**
	 * The share of answers and time-outs (of all that were due, in an open loop) that took no longer than a bound, with its
	 * 95 % interval; null where no bound was asked for.
	 */
	within: z
		.object({
			boundNs: z.number().positive(),
			share: z.number().min(0).max(1),
			low: z.number().nullable(),
			high: z.number().nullable(),
			samples: count,
		})
		.nullable()
		.default(null),
	/** What was under way when the window closed and so is in no histogram. */
	unanswered: z.object({ count, oldestNs: nanoseconds }).default({ count: 0, oldestNs: 0 }),
	/** Service time of whole answers with an unexpected status. */
	unexpectedServiceTime: z.object({ histogramV2: z.string() }).nullable(),
	bodyBytesPerRequest: z.number().nonnegative(),
	cpu: cpuSchema.nullable(),
	generator: generatorSchema,
	warmup: warmupSchema,
	seconds: z.array(secondSchema),
	/** What the target allocated in the window; null where its collections were not watched. */
	allocation: allocationReadingSchema.nullable().default(null),
	/** Per-second histograms, a file of the run folder. */
	hlogFile: z.string().nullable(),
	/** True where the window ended early. */
	partial: z.boolean(),
});
export type Measurement = z.infer<typeof measurementSchema>;

const frameSchema = z.object({
	name: z.string(),
	file: z.string().nullable(),
	line: z.number().nullable(),
	column: z.number().nullable(),
	kind: z.enum(["app", "dependency", "node", "engine", "native", "unknown"]),
	package: z.string().nullable(),
});

export const callTreeSchema = z
	.object({
		frames: z.array(frameSchema),
		nodes: z
			.array(
				z.object({
					frame: count,
					parent: z.number().int().min(-1),
					selfTicks: z.number().nonnegative(),
					putBack: z.literal(true).exactOptional(),
				}),
			)
			.min(1),
	})
	// Walks up the tree end only because callers stand before whom they call.
	.refine(({ nodes }) => nodes.every(({ parent }, index) => parent < index && (parent === -1) === (index === 0)), {
		path: ["nodes"],
		message: "a function is not called by one before it, so the calls may go in a circle",
	})
	.refine(({ frames, nodes }) => nodes.every(({ frame }) => frame < frames.length), {
		path: ["nodes"],
		message: "a frame is missing",
	});

export const tickCountsSchema = z.object({
	total: z.number().nonnegative(),
	idle: z.number().nonnegative(),
	busy: z.number().nonnegative(),
	garbageCollector: z.number().nonnegative(),
	unknown: z.number().nonnegative(),
	lost: z.number().nonnegative(),
	ambiguous: z.number().nonnegative(),
	putBack: z.number().nonnegative(),
});

const profileSchema = z.object({
	/** Unique in the run: "v8", "0x", "base v8". */
	id: z.string(),
	/** As in a measurement. */
	variant: z.string().nullable(),
	/** "v8", "0x", "heap", "clinic-doctor" */
	collector: z.string(),
	/** Whether its tree is of CPU time or of allocated bytes. */
	measures: z.enum(["cpu", "allocation"]).default("cpu"),
	/** The measurement during which it was taken; not among `measurements` where the tool had a load of its own. */
	measurementId: z.string(),
	/** The clean measurement of the same endpoint, by whose CPU (or bytes) per request the tree is scaled. */
	cleanMeasurementId: z.string().nullable(),
	/** Null for a tool that leaves no call tree. */
	ticks: tickCountsSchema.nullable(),
	/** The call tree (callTreeSchema), a file of the run folder; null for a tool that leaves none. */
	treeFile: z.string().nullable(),
	/** What a tool measures besides a tree; null for most. */
	readings: readingsSchema.nullable().default(null),
	/** What the profiler itself left behind, relative to the run folder. */
	files: z.array(z.object({ title: z.string(), path: z.string() })),
	/** How it was done, in words for the report: interval, flags. */
	notes: z.array(z.string()),
});
export type ProfileRecord = z.infer<typeof profileSchema>;

const agreementSchema = z.object({
	collectors: z.tuple([z.string(), z.string()]),
	/** Sum over functions of the smaller of the two shares of self time, 0…1 (1 − total variation distance). */
	selfOverlap: z.number().min(0).max(1),
	/** The same with frames grouped by package or kind of code. */
	packageOverlap: z.number().min(0).max(1),
});

const machineSchema = z.object({
	platform: z.string(),
	release: z.string(),
	arch: z.string(),
	cpuModel: z.string(),
	cpus: count,
	memoryBytes: count,
	loadAverage1m: z.number().nonnegative(),
	/** Share of CPU time that the hypervisor took away during the run; null where it cannot be known. */
	stealShare: z.number().min(0).max(1).nullable(),
});

const targetSchema = z.object({
	kind: z.enum(["gateway", "command", "url"]),
	/** The command line without secrets; null for a URL. */
	argv: z.array(z.string()).nullable(),
	cwd: z.string().nullable(),
	origin: z.string().nullable(),
	nodeVersion: z.string().nullable(),
	v8Version: z.string().nullable(),
	pinnedCpus: z.string().nullable(),
	git: z.object({ commit: z.string(), dirty: z.boolean() }).nullable(),
	logFiles: z.array(z.string()),
});

export const runRecordSchema = z.object({
	format: z.literal(RUN_RECORD_FORMAT),
	version: z.literal(RUN_RECORD_VERSION),
	id: z.string(),
	command: z.enum(["flame", "load", "alloc", "doctor", "compare", "calibrate", "matrix"]),
	commandLine: z.array(z.string()),
	startedAt: z.string(),
	finishedAt: z.string().nullable(),
	/** A run is "partial" from its first byte on and "complete" only at its end, so a killed one is never mistaken. */
	status: z.enum(["complete", "partial"]),
	partialReason: z.string().nullable(),
	tool: z.object({ version: z.string(), nodeVersion: z.string() }),
	machine: machineSchema,
	target: targetSchema,
	measurements: z.array(measurementSchema),
	profiles: z.array(profileSchema),
	agreements: z.array(agreementSchema),
	/** Two variants measured interleaved, where the command does that; else null. */
	comparison: comparisonSchema.nullable(),
	/** What each layer costs, by `matrix`; else null. */
	matrix: matrixSchema.nullable().default(null),
	/** Objects and what stays on the heap, by `alloc`; else null. */
	allocation: allocationSchema.nullable().default(null),
	/** What the client can do, and the rates that were found, by `load`; else null. */
	load: loadFoundSchema.nullable().default(null),
	/** Event loop, collector and CPU over time, by `doctor`; else null. */
	doctor: doctorSchema.nullable().default(null),
	/** What the machine can see, by `calibrate`; else null. */
	calibration: calibrationSchema.nullable(),
	findings: z.array(findingSchema),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
export type ClosedLoad = z.infer<typeof closedLoadSchema>;
export type OpenLoad = z.infer<typeof openLoadSchema>;
export type Load = z.infer<typeof loadSchema>;
export type Series = z.infer<typeof seriesSchema>;
export type Latency = z.infer<typeof latencySchema>;
export type Machine = z.infer<typeof machineSchema>;
