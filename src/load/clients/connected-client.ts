import { performance } from "node:perf_hooks";
import { Connection, type ConnectionUser } from "#src/load/connection/connection.js";
import { encodeRequest } from "#src/load/http1/encode-request.js";
import type { ErrorKind } from "#src/load/order/order.js";
import type { HttpRequest } from "#src/load/requests/request.js";
import { waitAfterFailureMs } from "./backoff.js";
import type { Client, ClientShared } from "./client.js";

/** Long enough for the end of a connection to arrive that was sent right behind an answer. */
const SILENT_CLOSE_WAIT_MS = 1;

/**
 * What every client is, whatever it asks: a connection of its own with one attempt after the other, each of which is counted
 * once and has a deadline, and a wait after failures. What an attempt asks, and what it makes of answers, is up to those
 * that extend it.
 */
export abstract class ConnectedClient implements Client, ConnectionUser {
	plannedAt = 0;
	protected readonly shared: ClientShared;
	protected readonly connection: Connection;
	/** When the attempt's first request was sent; 0: it was not. */
	protected sentAt = 0;
	/** When the attempt was begun; 0: there is none. */
	#begunAt = 0;
	#failuresInARow = 0;
	#hasSettled = false;
	#isStopped = false;
	#timer: NodeJS.Timeout | NodeJS.Immediate | null = null;
	/** The last request and its bytes. */
	#request: HttpRequest | null = null;
	#bytes: Buffer = Buffer.alloc(0);

	constructor(shared: ClientShared) {
		this.shared = shared;
		this.connection = new Connection(shared.origin, this);
	}

	/** Asks what is due in the attempt: its first request, or another one. */
	protected abstract ask(): void;
	abstract onAnswer(now: number): void;

	get since(): number {
		return this.sentAt || this.#begunAt;
	}

	start(): void {
		this.begin(performance.now());
	}

	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#clearTimer();
		this.connection.cut();
	}

	expire(now: number): void {
		const { timeoutMs, recording } = this.shared;
		const { since } = this;
		if (since === 0 || now - since <= timeoutMs) return;
		const deadline = since + timeoutMs;
		recording.timeout(deadline, timeoutMs * 1e6);
		this.end(deadline, true);
		this.abandon();
		this.beginAfter(waitAfterFailureMs("timeout", 1));
	}

	onOpened(_openingMs: number, _now: number, replacesLost: boolean): void {
		if (replacesLost) this.shared.recording.reconnected();
		this.settle();
	}

	onSent(now: number): void {
		if (this.sentAt === 0) this.sentAt = now;
	}

	onLost(kind: ErrorKind): void {
		if (this.since === 0) this.beginAfter(0);
		else this.fail(kind);
	}

	onFatal(error: Error): void {
		this.#isStopped = true;
		this.shared.onFatal(error);
	}

	protected begin(now: number): void {
		if (this.#isStopped) return;
		if (this.plannedAt === 0 && !this.shared.mayStart(now, this)) {
			this.shared.onIdle(this);
			return;
		}
		this.#begunAt = now;
		this.ask();
	}

	protected send(request: HttpRequest): void {
		if (request !== this.#request && !this.#encode(request)) return;
		this.connection.ask(this.#bytes, request.method === "HEAD" ? "head" : "get");
	}

	/** The target has answered as it should, so that a failure that follows is the first in a row. */
	protected succeeded(): void {
		this.#failuresInARow = 0;
	}

	/** The attempt is counted and over. */
	protected end(endedAt: number, isRecorded: boolean): void {
		this.shared.onEnded?.(this, endedAt, this.sentAt, isRecorded);
		this.plannedAt = 0;
		this.sentAt = 0;
		this.#begunAt = 0;
	}

	/** Drops what is in flight: an answer that comes later must not be taken for another's. */
	protected abandon(): void {
		this.connection.abandon();
	}

	/** The attempt has no whole answer. */
	protected fail(kind: ErrorKind): void {
		const now = performance.now();
		// The sweep may not have come to it yet.
		this.expire(now);
		if (this.since === 0) return;
		this.shared.recording.error(now, kind);
		this.end(now, false);
		this.backOff(kind);
	}

	/** Begins the next attempt after a failure, the later the more of them there are in a row. */
	protected backOff(kind: ErrorKind): void {
		this.#failuresInARow++;
		this.beginAfter(waitAfterFailureMs(kind, this.#failuresInARow));
	}

	/** Begins the next attempt after an answer. */
	protected beginNext(now: number): void {
		if (this.connection.mayCloseNow) this.beginAfter(SILENT_CLOSE_WAIT_MS);
		else this.begin(now);
	}

	/** Asks more in the attempt after an answer, or later. */
	protected askNext(waitMs: number): void {
		const longest = Math.max(waitMs, this.connection.mayCloseNow ? SILENT_CLOSE_WAIT_MS : 0);
		if (longest === 0) this.ask();
		else this.#later(longest, () => this.ask());
	}

	/** Never at once, so that it may be called while a connection tells what has become of it. */
	protected beginAfter(waitMs: number): void {
		this.settle();
		this.#later(waitMs, () => this.start());
	}

	/** The first connection is open, or could not be opened. */
	protected settle(): void {
		if (this.#hasSettled) return;
		this.#hasSettled = true;
		this.shared.onFirstConnection();
	}

	#encode(request: HttpRequest): boolean {
		try {
			this.#bytes = encodeRequest(request, this.shared.origin.host);
			this.#request = request;
			return true;
		} catch (error) {
			this.onFatal(error as Error);
			return false;
		}
	}

	#later(waitMs: number, action: () => void): void {
		this.#clearTimer();
		if (this.#isStopped) return;
		const act = (): void => {
			this.#timer = null;
			action();
		};
		this.#timer = waitMs === 0 ? setImmediate(act) : setTimeout(act, waitMs);
	}

	#clearTimer(): void {
		if (this.#timer === null) return;
		clearTimeout(this.#timer as NodeJS.Timeout);
		clearImmediate(this.#timer as NodeJS.Immediate);
		this.#timer = null;
	}
}
