import { performance } from "node:perf_hooks";
import type { Dispatcher, Client as UndiciClient } from "undici";
import type { ErrorKind } from "#src/load/order/order.js";
import { type Client, type ClientShared, SILENT_CLOSE_WAIT_MS } from "./client.js";
import { errorKindOf, isFaultOfRequest, isOutOfDescriptors, waitAfterFailureMs } from "./error-kind.js";
import type { LoadSocket } from "./load-socket.js";
import { type Connected, openSocket, undiciClient } from "./undici-connection.js";

/**
 * A client with a connection of its own and one request in flight on it, whose attempts may be more than one request and
 * its answer: what is done with answers is up to those that extend it. Each opening of the connection is timed.
 *
 * It implements undici's older handler interface on purpose: onConnect is called at the same moment as onRequestStart (the
 * request is written next), and the newer one makes undici parse all headers and allocate two objects for each request.
 */
export abstract class ConnectionClient implements Client, Dispatcher.DispatchHandler {
	plannedAt = 0;
	protected readonly shared: ClientShared;
	/** When the attempt's first request was sent; 0: it was not. */
	protected sentAt = 0;
	/** Of the answer that comes in. */
	protected status = 0;
	readonly #client: UndiciClient;
	/** When the attempt was begun; 0: there is none. */
	#begunAt = 0;
	#connecting: LoadSocket | null = null;
	#connections = 0;
	#connectFailed = false;
	#hasSettled = false;
	/** The connection was closed from here, so that the next one does not stand for one that was lost. */
	#isReplaced = false;
	#isStopped = false;
	#timer: NodeJS.Timeout | NodeJS.Immediate | null = null;
	/** undici has a request of this client. */
	#isDispatched = false;
	#abort: ((error: Error) => void) | null = null;
	#isWritten = false;
	#answerBegan = false;
	#expectsHeader = false;
	#failuresInARow = 0;
	/** Answers that the present connection has given, and those after which the server once closed one without a word. */
	#answers = 0;
	#closesAfter = 0;

	constructor(shared: ClientShared) {
		this.shared = shared;
		this.#client = undiciClient(shared.origin, (host, port, done) => this.#connect(host, port, done));
	}

	/** Dispatches what is due: the first request of an attempt, or one that could not be written. */
	protected abstract send(): void;
	/** An answer is whole. `now` lies within the deadline, or there is no attempt any more. */
	protected abstract onAnswer(now: number): void;
	abstract onData(chunk: Buffer): boolean;

	get since(): number {
		return this.sentAt || this.#begunAt;
	}

	start(): void {
		this.begin(performance.now());
	}

	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#clearTimer();
		this.#connecting?.destroy();
		await this.#client.destroy();
	}

	expire(now: number): void {
		const { timeoutMs, recording } = this.shared;
		const { since } = this;
		if (since === 0 || now - since <= timeoutMs) return;
		recording.timeout(since + timeoutMs, timeoutMs * 1e6);
		this.end(since + timeoutMs, true);
		this.giveUp("no whole answer before the deadline");
	}

	onConnect(abort: (error?: Error) => void): void {
		if (this.#begunAt === 0) {
			// Its attempt has ended while it waited to be written.
			abort(new Error("too late"));
			return;
		}
		this.#abort = abort;
		this.#isWritten = true;
		this.#expectsHeader = true;
		if (this.sentAt === 0) this.sentAt = performance.now();
	}

	onResponseStarted(): void {
		this.#answerBegan = true;
	}

	/** Also called for informational answers (1xx), which the final one follows. */
	onHeaders(status: number, _headers: readonly Buffer[]): boolean {
		this.status = status;
		this.#expectsHeader = status < 200;
		return true;
	}

	onComplete(): void {
		const now = performance.now();
		this.#isDispatched = false;
		this.#abort = null;
		this.#answers++;
		this.expire(now);
		this.onAnswer(now);
	}

	onError(error: Error): void {
		this.#isDispatched = false;
		this.#abort = null;
		this.#expectsHeader = false;
		if (this.#isStopped) return;
		if (isFaultOfRequest(error) || isOutOfDescriptors(error)) {
			this.#isStopped = true;
			this.shared.onFatal(error);
		} else if (this.#begunAt === 0) {
			this.beginAfter(0);
		} else if (this.#isWritten || this.#connectFailed) {
			this.fail(errorKindOf(error));
		} else {
			// The connection went away before the request was written, which is still due.
			this.later(0, () => this.send());
		}
	}

	protected begin(now: number): void {
		if (this.#isStopped) return;
		if (this.plannedAt === 0 && !this.shared.mayStart(now, this)) {
			this.shared.onIdle(this);
			return;
		}
		this.#begunAt = now;
		this.send();
	}

	/** The attempt is counted and over. */
	protected end(endedAt: number, isRecorded: boolean): void {
		this.shared.onEnded?.(this, endedAt, this.sentAt, isRecorded);
		this.plannedAt = 0;
		this.sentAt = 0;
		this.#begunAt = 0;
	}

	/** The target has answered as it should, so that a failure that follows is the first in a row. */
	protected succeeded(): void {
		this.#failuresInARow = 0;
	}

	protected dispatch(request: Dispatcher.DispatchOptions): void {
		this.#isDispatched = true;
		this.#isWritten = false;
		this.#answerBegan = false;
		this.#connectFailed = false;
		this.#client.dispatch(request, this);
	}

	protected fail(kind: ErrorKind): void {
		const now = performance.now();
		this.expire(now);
		if (this.since === 0) return;
		const closedSilently = kind === "reset" && !this.#answerBegan && this.#answers > 0;
		if (closedSilently) this.#closesAfter = this.#answers;
		this.#failuresInARow++;
		this.shared.recording.error(now, kind);
		this.end(now, false);
		this.beginAfter(waitAfterFailureMs(kind, this.#failuresInARow));
	}

	/** After an answer: at once, or a moment later where the server is known to close the connection here without a word. */
	protected goOn(action: () => void): void {
		if (this.#answers === this.#closesAfter) this.later(SILENT_CLOSE_WAIT_MS, action);
		else action();
	}

	/** Never at once: undici calls onError while it empties its queue and must not find a new request in it. */
	protected later(waitMs: number, action: () => void): void {
		this.#clearTimer();
		const act = (): void => {
			this.#timer = null;
			action();
		};
		this.#timer = waitMs === 0 ? setImmediate(act) : setTimeout(act, waitMs);
	}

	protected beginAfter(waitMs: number): void {
		this.later(waitMs, () => this.start());
	}

	/** Drops what is in flight of an attempt that is over; the next one begins when undici has let go of it. */
	protected giveUp(reason: string): void {
		if (!this.#isDispatched) this.beginAfter(0);
		else if (this.#connecting !== null) this.#connecting.destroy(new Error(reason));
		else this.#abort?.(new Error(reason));
	}

	/** Closes a connection that nothing is wrong with. */
	protected leave(): void {
		this.#isReplaced = true;
		this.giveUp("left");
	}

	#clearTimer(): void {
		if (this.#timer === null) return;
		clearTimeout(this.#timer as NodeJS.Timeout);
		clearImmediate(this.#timer as NodeJS.Immediate);
		this.#timer = null;
	}

	#connect(host: string, port: number, done: Connected): void {
		const since = performance.now();
		const socket = openSocket(
			host,
			port,
			() => this.#expectsHeader,
			(error) => {
				this.#connecting = null;
				if (error === null) {
					this.#opened(since);
					done(null, socket);
				} else {
					this.#connectFailed = true;
					done(error, null);
				}
				this.#settle();
			},
		);
		this.#connecting = socket;
	}

	#opened(since: number): void {
		const { recording } = this.shared;
		const now = performance.now();
		recording.also("connect", now, now - since);
		this.#connections++;
		if (this.#connections > 1 && !this.#isReplaced) recording.reconnected();
		this.#isReplaced = false;
		this.#answers = 0;
	}

	/** The first connection is open, or could not be opened. */
	#settle(): void {
		if (this.#hasSettled) return;
		this.#hasSettled = true;
		this.shared.onFirstConnection();
	}
}
