import type { LatencyHistogram } from "#src/analyse/latency/histogram.js";
import type { ClosedArrivals, OpenArrivals as PlannedArrivals, RequestCounts } from "#src/model/load.js";
import type { ErrorCounts, SeriesName } from "#src/model/load-words.js";

export type { ClosedArrivals, RequestCounts } from "#src/model/load.js";
export { addErrors, type ErrorCounts, type ErrorKind, noErrors, type SeriesName } from "#src/model/load-words.js";

/** Requests at planned times, however long the answers take. */
export interface OpenArrivals extends PlannedArrivals {
	/** Whether the generator has a core to itself and may poll the clock, so that requests leave on time. */
	readonly spin: boolean;
}

/**
 * What one client does at a time. http: a request and its whole answer · sse: a stream of events, left after `streamMs` if
 * it has not ended by then · websocket: a message and the message that answers it, on a connection that stays · agent: a
 * request to an agent, and if the answer is a run (an `id`), following it until it is finished.
 */
export type Harness =
	| { readonly kind: "http" }
	| { readonly kind: "sse"; readonly streamMs: number }
	| { readonly kind: "websocket"; readonly message: string }
	| { readonly kind: "agent"; readonly follow: "poll" | "stream"; readonly pollMs: number };

/** What a load may ask for at most. */
export const MOST_CONNECTIONS = 10_000;
export const HIGHEST_RATE_PER_SECOND = 100_000;

/** Connections that a load may have open at a time. */
export const mostClients = (load: ClosedArrivals | OpenArrivals): number =>
	load.kind === "closed" ? load.clients : load.maxInFlight;

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
		/** Bearer tokens: client i sends the one at i modulo their number. None: only `headers` are sent. */
		readonly tokens?: readonly string[];
	};
	/** Statuses that count as ok; null: 200 to 299. */
	readonly expectedStatus: null | readonly number[];
	readonly load: ClosedArrivals | OpenArrivals;
	/** Not given: http. */
	readonly harness?: Harness;
	/** An answer that is not complete after this long is a time-out. 1 ms to 1 h. */
	readonly timeoutMs: number;
}

/** An order whose target is loaded in slices: those are of whole answers. */
export type SlicedOrder = LoadOrder & { readonly harness?: { readonly kind: "http" } };

/** Counted since begin(), whether recorded or not. */
export interface LoadProgress {
	readonly ok: number;
	readonly unexpectedStatus: Readonly<Record<string, number>>;
	readonly errors: Readonly<ErrorCounts>;
	/** Of the open window, or since the last one or begin(). */
	readonly tallies: Readonly<Record<string, number>>;
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
	/** Of service times, as the histogram. */
	readonly p50Ns: number | null;
	readonly p99Ns: number | null;
	readonly maxNs: number | null;
	/** Null in a closed loop, which has none. */
	readonly responseP99Ns: number | null;
	/** V2 HDR histogram, compressed, base64, in nanoseconds. */
	readonly histogramV2: string;
}

/** One kind of latency besides the service time, in the blocks of the window. */
export interface WindowSeries {
	readonly name: SeriesName;
	readonly blocks: readonly LatencyHistogram[];
	readonly count: number;
	readonly meanNs: number | null;
	readonly maxNs: number | null;
	readonly histogramV2: string;
}

/** What was under way when the window closed; none of it is in a histogram. */
interface Unanswered {
	readonly count: number;
	/** Since the planned start (open loop) or the send of the oldest. */
	readonly oldestNs: number;
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
	readonly series: readonly WindowSeries[];
	/** Other things that were counted, by name: "planned", "missed", "events", "close 1000". */
	readonly tallies: Readonly<Record<string, number>>;
	readonly unanswered: Unanswered;
}
