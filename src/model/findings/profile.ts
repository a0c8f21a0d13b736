import * as z from "zod";
import { findingOfProfile } from "./finding-of.js";

/** Shares are of busy ticks, where nothing else is said. */
const samplesLostSchema = z.discriminatedUnion("profiler", [
	/** V8's own: samples that were due and not taken. */
	z.object({ profiler: z.literal("v8"), lostShare: z.number(), lostTicks: z.number(), dueTicks: z.number() }),
	/** Ticks that were taken and could not be used. */
	z.object({
		profiler: z.literal("0x"),
		lostTicks: z.number(),
		busyTicks: z.number(),
		lostShare: z.number(),
		/** Where log lines are too long for 0x, and how long that is; null where they could not be read. */
		longLineCharacters: z.number().nullable(),
	}),
]);

export const profileFindings = [
	findingOfProfile("COLLECTOR_FAILED", {
		/** What the collector said. */
		message: z.string(),
	}),
	findingOfProfile("COLLECTOR_UNAVAILABLE", {
		/** What the collector said of why, and of what helps. */
		why: z.string(),
		fix: z.string(),
	}),
	findingOfProfile("PROFILER_HEAVY", {
		collector: z.string(),
		/** CPU a request, beyond that of the clean window. */
		overheadShare: z.number(),
		cleanNsPerRequest: z.number(),
		profiledNsPerRequest: z.number(),
	}),
	/** The CPU of threads beside the main one is not known apart, so the profile is scaled to all of it. */
	findingOfProfile("THREADS_NOT_TOLD", { source: z.enum(["schedstat", "cpuUsage"]) }),
	/** CPU is that of the whole target, and the profile is of one main thread of it. */
	findingOfProfile("ONE_PROCESS_PROFILED", {
		processes: z.number(),
		/** Node's; 0 where they are not known. */
		workerThreads: z.number(),
	}),
	findingOfProfile("ISOLATES_NOT_SAMPLED", {
		/** Processes and worker threads that the target consisted of in the window. */
		isolates: z.number(),
		/** Of them: ended without a word. */
		lost: z.number(),
		/** Of them: did not answer, so that they could not be told to begin or to end. */
		silent: z.number(),
	}),
	findingOfProfile("SOURCE_MAP_UNUSABLE", {
		scripts: z.number(),
		/** The first of them, with what was wrong. */
		named: z.array(z.object({ script: z.string(), why: z.string() })).min(1),
	}),
	findingOfProfile("INLINED_PUT_BACK", {
		putBackShare: z.number(),
		/** On lines that more than one function could own. */
		ambiguousShare: z.number(),
		/** On lines for which no owner was found. */
		unresolvedShare: z.number(),
		busyTicks: z.number(),
	}),
	findingOfProfile("INLINING_UNRESOLVED", {
		/** Why the reference run failed. */
		message: z.string(),
	}),
	findingOfProfile("SAMPLES_LOST", samplesLostSchema),
	findingOfProfile("SAMPLES_MISSED", {
		takenTicks: z.number(),
		/** What the sampling interval promises. */
		nominalTicks: z.number(),
		missedShare: z.number(),
	}),
	findingOfProfile("UNKNOWN_CODE", {
		busyTicks: z.number(),
		/** What 0x has no name for, what of it is V8's machinery, and what stays unknown. */
		unknownTo0xShare: z.number(),
		machineryShare: z.number(),
		unknownShare: z.number(),
	}),
	findingOfProfile("DRAWING_FAILED", {
		/** What 0x said. */
		message: z.string(),
	}),
] as const;
