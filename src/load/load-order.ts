import type { LatencyHistogram } from "../analyse/histogram.js";

/** What is sent, to whom, by how many. */
export interface LoadOrder {
	/** http://127.0.0.1:<port>; load goes to this machine only. */
	readonly origin: string;
	readonly request: {
		readonly method: string;
		/** Begins with "/". */
		readonly path: string;
		readonly headers: Readonly<Record<string, string>>;
		readonly body: Uint8Array | null;
	};
	/** Statuses that count as ok; null: 200 to 299. */
	readonly expectedStatus: null | readonly number[];
	/** closed: so many connections, each with one request in flight, the next sent when the answer is complete. */
	readonly load: { readonly kind: "closed"; readonly clients: number };
	/** An answer that is not complete after this long is a time-out. 1 ms to 1 h. */
	readonly timeoutMs: number;
}

/**
 * Why an attempt ended without a whole answer. refused: nobody listens · reset: the connection was closed or reset before
 * the answer was complete · timeout: not complete at the deadline · protocol: not HTTP, or not as long as announced ·
 * other: anything else.
 */
export type ErrorKind = "refused" | "reset" | "timeout" | "protocol" | "other";
export type ErrorCounts = Record<ErrorKind, number>;

export const noErrors = (): ErrorCounts => ({ refused: 0, reset: 0, timeout: 0, protocol: 0, other: 0 });

export function addErrors(a: ErrorCounts, b: ErrorCounts): ErrorCounts {
	const sum = noErrors();
	for (const kind of Object.keys(sum) as ErrorKind[]) sum[kind] = a[kind] + b[kind];
	return sum;
}

/** Every attempt that has ended is in exactly one of ok, unexpectedStatus and errors. */
export interface RequestCounts {
	readonly attempted: number;
	/** Whole answers of an expected status. */
	readonly ok: number;
	/** Whole answers of another status, by status. */
	readonly unexpectedStatus: Readonly<Record<string, number>>;
	readonly errors: Readonly<ErrorCounts>;
}

/** Counted since begin(), whether recorded or not. */
export interface LoadProgress {
	readonly ok: number;
	readonly unexpectedStatus: Readonly<Record<string, number>>;
	readonly errors: Readonly<ErrorCounts>;
	/** Monotonic, since begin(). */
	readonly elapsedNs: number;
}

/** The generator's own condition in the window, to judge whether it was the bottleneck. */
export interface GeneratorHealth {
	/** CPU time of all its threads. */
	readonly cpuNs: number;
	/** Share of the window in which its event loop was not waiting, 0…1. */
	readonly eventLoopUtilization: number;
	/** Time its threads were runnable but waited for a core; null where /proc does not tell. */
	readonly runQueueWaitNs: number | null;
	/** Connections opened in place of one that was lost. */
	readonly reconnects: number;
}

/** A quarter of a second, or what is left of one at the window's end: the unit of the percentile intervals. */
export interface WindowBlock {
	readonly startMs: number;
	readonly durationMs: number;
	/** Service times of ok answers and time-outs. */
	readonly histogram: LatencyHistogram;
}

/** One second of the window; the last one may be shorter. Service times are those of ok answers and time-outs. */
export interface WindowSecond {
	readonly startMs: number;
	readonly durationMs: number;
	/** Attempts that ended in this second, whatever their end. */
	readonly requests: number;
	/** Of these: all that were not ok (errors and unexpected statuses). */
	readonly errors: number;
	readonly p50Ns: number | null;
	readonly p99Ns: number | null;
	readonly maxNs: number | null;
	/** V2 HDR histogram, compressed, base64, in nanoseconds. */
	readonly histogramV2: string;
}

export interface WindowResult {
	/** How long the window really was. */
	readonly windowNs: number;
	/** True where the window was ended before its time. */
	readonly cutShort: boolean;
	readonly counts: RequestCounts;
	/** Service times of ok answers (actual send to last byte of the body) and of time-outs (at their deadline). */
	readonly serviceTime: {
		readonly histogram: LatencyHistogram;
		readonly histogramV2: string;
		readonly meanNs: number | null;
		readonly maxNs: number | null;
	};
	/** Service times of whole answers with an unexpected status; null where there were none. */
	readonly unexpectedServiceTime: { readonly histogram: LatencyHistogram; readonly histogramV2: string } | null;
	readonly blocks: readonly WindowBlock[];
	readonly seconds: readonly WindowSecond[];
	/** Bytes of the bodies of all whole answers (decoded from chunks, not decompressed). */
	readonly bodyBytes: number;
	readonly health: GeneratorHealth;
}
