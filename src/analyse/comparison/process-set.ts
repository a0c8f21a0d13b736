import type { SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import type { SampledBytes } from "#src/analyse/import/v8/heap-profile.js";
import type { LatencyHistogram } from "#src/analyse/latency/histogram.js";

/**
 * The evidence of an interleaved measurement, as measure/ brings it and everything in this folder reads it.
 *
 * A slice is a short stretch of load on one variant; a round is one slice for every variant, in a fresh random order in which none
 * follows itself, and then a light one for every variant; a process set is one process of every variant, started, warmed and measured
 * together for some rounds, then ended. Rounds of one set share what their processes were born with, so only sets are replicates
 * (docs/method.md).
 */
export interface Slice {
	/** Whole answers of an expected status. */
	readonly requests: number;
	/** Every other attempt that ended in the slice: errors, time-outs, unexpected statuses. */
	readonly errors: number;
	/** From the first request sent to the last answer read; what was in flight at the end is waited for. */
	readonly durationNs: number;
	/** CPU time of all threads of the target for this slice; null where it cannot be read. */
	readonly cpuNs: number | null;
	/** Time that threads of the target were ready to run without a core; null where that is not known. */
	readonly runQueueWaitNs: number | null;
	/** Service times of answers and of time-outs (at their deadline), in nanoseconds. */
	readonly latency: LatencyHistogram;
}

export interface Round {
	/** In the order of the variants, whatever order they ran in. */
	readonly slices: readonly Slice[];
	/** Variant indices in the order they ran. */
	readonly order: readonly number[];
	/** The same with light load, behind the others, in the order of the variants; absent where none was asked for. */
	readonly light?: readonly Slice[];
}

/** What the collector of garbage knows of one variant over all rounds of a set, light ones included. */
export interface AllocationTotals {
	readonly allocatedBytes: number;
	/** Time in garbage collections of every kind. */
	readonly gcNs: number;
	/** How many collections that were. */
	readonly collections: number;
	/** Answers in that time. */
	readonly requests: number;
}

export interface ProcessSet {
	/** From 0. */
	readonly index: number;
	/** When it was through, since the start of the measurement. */
	readonly endedAtMs: number;
	/** Variant indices in the order their processes were started. */
	readonly startOrder: readonly number[];
	/** Answers before the first round, by variant. */
	readonly warmupRequests: readonly number[];
	/** Variants whose cost per request still fell when their warm-up had to end; absent: none. */
	readonly cold?: readonly number[];
	readonly rounds: readonly Round[];
	/** By variant; null where the target carries no agent. */
	readonly allocation: readonly (AllocationTotals | null)[];
	/**
	 * By variant, what V8's sampler saw in loaded slices of its own, behind the rounds, so that these are clean; null where it saw nothing.
	 * Absent: it was not asked.
	 */
	readonly sampled?: readonly (SampledProfile | null)[];
	/** The same of what functions allocate for so many answers, in slices behind those, in which V8 inlines nothing. */
	readonly sampledBytes?: readonly ({ readonly bytes: SampledBytes; readonly answers: number } | null)[];
}
