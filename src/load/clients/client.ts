import type { ErrorKind, LoadOrder, SeriesName } from "#src/load/order/order.js";

/** Where clients report what became of their attempts. Times are milliseconds of performance.now(). */
export interface AttemptCounter {
	ok(endedAt: number, serviceNs: number, bodyBytes: number): void;
	unexpected(endedAt: number, serviceNs: number, bodyBytes: number, status: number): void;
	timeout(deadlineMs: number, timeoutNs: number): void;
	error(endedAt: number, kind: ErrorKind): void;
	reconnected(): void;
	/** Bytes of a body that goes on after its attempt is counted. */
	received(at: number, bodyBytes: number): void;
	/** A latency of another kind than the service time. */
	also(name: SeriesName, endedAt: number, valueMs: number): void;
	/** Anything else that is counted. */
	tally(name: string, by: number): void;
}

/**
 * One of those that make the load: a connection with one attempt in flight. When an attempt has ended it asks `mayStart`
 * for the next one, and is idle where there is none.
 */
export interface Client {
	/** When the attempt in flight was due (open loop); 0: there is none, or nobody planned it. */
	plannedAt: number;
	/** When the attempt in flight was sent, or queued where it waits for a connection; 0: there is none. */
	readonly since: number;
	/** Begins an attempt, if `mayStart` lets it. Not to be called while one is in flight. */
	start(): void;
	/** Ends the attempt if its deadline lies before `now`. */
	expire(now: number): void;
	/** Closes the connection; what is in flight is not counted. */
	stop(): Promise<void>;
}

/** What all clients of a load share. */
export interface ClientShared {
	readonly order: LoadOrder;
	readonly origin: URL;
	readonly expects: (status: number) => boolean;
	readonly timeoutMs: number;
	readonly recording: AttemptCounter;
	/** Whether a client may send its next request; one that may not is idle until start() is called again. */
	readonly mayStart: (now: number, client: Client) => boolean;
	readonly onIdle: (client: Client) => void;
	/**
	 * An attempt has ended and is counted. `sentAt` is 0 where it was never sent; `isRecorded` says whether its service time is
	 * in the histogram (an expected answer or a time-out). Null where nobody wants to know.
	 */
	readonly onEnded: ((client: Client, endedAt: number, sentAt: number, isRecorded: boolean) => void) | null;
	/** The client's first connection is open, or could not be opened. */
	readonly onFirstConnection: () => void;
	/** The load cannot go on: the request is not one that HTTP allows, or files have run out. */
	readonly onFatal: (error: Error) => void;
}

/** The part of ClientShared that follows from the order. */
export function sharedOf(order: LoadOrder): Pick<ClientShared, "order" | "origin" | "expects" | "timeoutMs"> {
	const { expectedStatus } = order;
	return {
		order,
		origin: new URL(order.origin),
		expects:
			expectedStatus === null ? (status) => status >= 200 && status < 300 : (status) => expectedStatus.includes(status),
		timeoutMs: order.timeoutMs,
	};
}
