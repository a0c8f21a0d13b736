import type { LatencyHistogram } from "#src/analyse/latency/histogram.js";

/** So many clients, each of which sends its next request when its last answer is complete. */
export interface ClosedArrivals {
	readonly kind: "closed";
	readonly clients: number;
}

/** Requests at planned times, however long the answers take. */
export interface OpenArrivals {
	readonly kind: "open";
	/** More than 0. */
	readonly ratePerSecond: number;
	/** constant: evenly spaced; poisson: independent of each other, with exponential gaps. */
	readonly arrivals: "constant" | "poisson";
	/** 32-bit; the same seed plans the same times. */
	readonly seed: number;
	/** Requests that were due and are not answered yet; one that would be beyond is not sent and counts as missed. */
	readonly maxInFlight: number;
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

/** Latencies besides the service time; which of them there are depends on harness and arrivals. */
export const SERIES = [
	/** Open loop: from the planned start to the last byte. */
	"response",
	/** Open loop: from the planned start to the actual send. */
	"sendLag",
	/** Open loop: from the planned start to when the generator came to it; what is above a millisecond is its own fault. */
	"pacingLag",
	/** Opening a connection, including the WebSocket's handshake. */
	"connect",
	/** Between two events of a stream. */
	"eventGap",
	/** From the send to the end of a stream that ended by itself. */
	"stream",
	/** What the gateway says that its provider took. */
	"provider",
	/** The whole of it less the provider's time. */
	"overhead",
] as const;
export type SeriesName = (typeof SERIES)[number];

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

/** An order whose target is loaded in slices: those of a comparison are closed loops of whole answers. */
export type SlicedOrder = LoadOrder & { readonly load: ClosedArrivals; readonly harness?: { readonly kind: "http" } };

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
