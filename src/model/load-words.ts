/** The words of a load, without the schema: the generator's process and the report's page use them as well. */

/**
 * What one client does at a time. http: a request and its whole answer · sse: a stream of events · websocket: a message and the
 * message that answers it · agent: a request to an agent, and following the run that it starts.
 */
export const harnessKinds = ["http", "sse", "websocket", "agent"] as const;
export type HarnessKind = (typeof harnessKinds)[number];

/**
 * How full a target is while it is measured. light: one client, or few requests a second, so that a request is alone and its time is its
 * own; loaded: so many clients that a core is full, where a request's time is mostly the queue's.
 */
export const regimes = ["light", "loaded"] as const;
export type Regime = (typeof regimes)[number];

/** Latencies besides the service time; which of them there are depends on harness and arrivals. */
export const seriesNames = [
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
export type SeriesName = (typeof seriesNames)[number];

/**
 * Why an attempt ended without a whole answer. refused: nobody listens · reset: the connection was closed or reset before
 * the answer was complete · timeout: not complete at the deadline · protocol: not HTTP, or not as long as announced ·
 * other: anything else.
 */
export const errorKinds = ["refused", "reset", "timeout", "protocol", "other"] as const;
export type ErrorKind = (typeof errorKinds)[number];

export type ErrorCounts = Record<ErrorKind, number>;

export const noErrors = (): ErrorCounts => ({ refused: 0, reset: 0, timeout: 0, protocol: 0, other: 0 });

export const addErrors = (a: ErrorCounts, b: ErrorCounts): ErrorCounts => ({
	refused: a.refused + b.refused,
	reset: a.reset + b.reset,
	timeout: a.timeout + b.timeout,
	protocol: a.protocol + b.protocol,
	other: a.other + b.other,
});
