import type { ErrorCounts, GeneratorHealth, LoadOrder, LoadProgress, SeriesName, SlicedOrder } from "./order.js";

/** What the parent says to the generator, over Node's IPC channel. Each is answered by one reply with the same id. */
export type Command =
	| { readonly id: number; readonly kind: "begin"; readonly order: LoadOrder }
	| { readonly id: number; readonly kind: "progress" }
	| { readonly id: number; readonly kind: "record"; readonly durationMs: number }
	/** Answered when what is under way has ended. */
	| { readonly id: number; readonly kind: "caughtUp" }
	| { readonly id: number; readonly kind: "cut" }
	| { readonly id: number; readonly kind: "end" }
	/** Several targets that are loaded in turn; nothing is sent yet. */
	| { readonly id: number; readonly kind: "beginSlices"; readonly orders: readonly SlicedOrder[] }
	| { readonly id: number; readonly kind: "slice"; readonly target: number; readonly end: SliceEnd };

/** When a slice ends: no request is sent after this time, or after so many answers. What is in flight is waited for. */
export interface SliceEnd {
	readonly durationMs: number;
	readonly answers: number | null;
}

export type Reply =
	| { readonly kind: "ready" }
	| { readonly kind: "second"; readonly index: number; readonly blocks: readonly RawBlock[] }
	| { readonly kind: "done"; readonly id: number }
	| { readonly kind: "progress"; readonly id: number; readonly progress: LoadProgress }
	| { readonly kind: "slice"; readonly id: number; readonly slice: RawSlice }
	| { readonly kind: "window"; readonly id: number; readonly window: RawWindow }
	| { readonly kind: "failed"; readonly id: number; readonly failure: LoadFailure };

/** Why a load cannot be begun. */
export type LoadFailure =
	| { readonly kind: "fileDescriptors"; readonly needed: number; readonly limit: number }
	| { readonly kind: "request"; readonly message: string }
	| { readonly kind: "state"; readonly message: string };

/** Latencies as they were counted, by bucket of an HDR histogram. */
export interface TakenLatencies {
	/** Bucket, count, bucket, count, … */
	readonly pairs: Uint32Array;
	/** In whole nanoseconds. */
	readonly sumNs: number;
	readonly maxNs: number;
}

/**
 * A window as the generator counted it, without the blocks of its full seconds, which were told before; window-result.ts
 * makes a WindowResult of it.
 */
export interface RawWindow {
	readonly windowMs: number;
	readonly cutShort: boolean;
	readonly blocks: readonly RawBlock[];
	readonly unexpectedStatus: Readonly<Record<string, number>>;
	/** Bucket, count, bucket, count, … */
	readonly unexpectedPairs: Uint32Array;
	readonly errors: ErrorCounts;
	readonly health: GeneratorHealth;
	readonly tallies: Readonly<Record<string, number>>;
	/** How long what was under way at the end had waited. */
	readonly unansweredMs: readonly number[];
}

export interface RawBlock {
	readonly startMs: number;
	readonly durationMs: number;
	readonly ok: number;
	readonly unexpected: number;
	readonly errors: number;
	readonly bodyBytes: number;
	/** Of the recorded service times, in whole nanoseconds. */
	readonly sumNs: number;
	readonly maxNs: number;
	/** Bucket, count, bucket, count, … */
	readonly pairs: Uint32Array;
	/** Those series in which something was counted. */
	readonly series: readonly (TakenLatencies & { readonly name: SeriesName })[];
}

/** One slice as the generator counted it. */
export interface RawSlice {
	/** From the first request to the last answer. */
	readonly durationMs: number;
	readonly ok: number;
	readonly unexpectedStatus: Readonly<Record<string, number>>;
	readonly errors: ErrorCounts;
	readonly bodyBytes: number;
	readonly reconnects: number;
	/** Of the service times of ok answers and time-outs, in whole nanoseconds. */
	readonly sumNs: number;
	readonly maxNs: number;
	/** Bucket, count, bucket, count, … */
	readonly pairs: Uint32Array;
	/** What the generator itself used in this time. */
	readonly generatorCpuNs: number;
	/** How long its event loop was not waiting. */
	readonly generatorBusyMs: number;
}
