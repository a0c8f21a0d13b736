import { performance } from "node:perf_hooks";
import type { Dispatcher, Client as UndiciClient } from "undici";
import type { Client, ClientShared } from "./client.js";
import { errorKindOf, isFaultOfRequest, isOutOfDescriptors, waitAfterFailureMs } from "./error-kind.js";
import type { ErrorKind } from "./load-order.js";
import type { LoadSocket } from "./load-socket.js";
import type { RequestSource } from "./request-source.js";
import { type Connected, openSocket, SILENT_CLOSE_WAIT_MS, undiciClient } from "./undici-connection.js";

/**
 * One connection with one request in flight, and the handler of all its requests.
 *
 * It implements undici's older handler interface on purpose: onConnect is called at the same moment as onRequestStart (the
 * request is written next), and the newer one makes undici parse all headers and allocate two objects for each request.
 */
export class HttpClient implements Client, Dispatcher.DispatchHandler {
	plannedAt = 0;
	readonly #shared: ClientShared;
	readonly #client: UndiciClient;
	readonly #nextRequest: () => Dispatcher.DispatchOptions;
	readonly #timeoutNs: number;
	#connecting: LoadSocket | null = null;
	#connections = 0;
	#connectFailed = false;
	#hasSettled = false;
	#stopped = false;
	#retry: NodeJS.Timeout | NodeJS.Immediate | null = null;
	/** When the attempt was queued and when it was sent; 0: it was not. */
	#queuedAt = 0;
	#sentAt = 0;
	#abort: ((error?: Error) => void) | null = null;
	#answerBegan = false;
	#headersDone = false;
	#status = 0;
	#bodyBytes = 0;
	#failuresInARow = 0;
	/** Answers that the present connection has given, and those after which the server once closed one without a word. */
	#answers = 0;
	#closesAfter = 0;

	constructor(shared: ClientShared, requests: RequestSource) {
		this.#shared = shared;
		this.#nextRequest = requests.forNextClient();
		this.#timeoutNs = shared.timeoutMs * 1e6;
		this.#client = undiciClient(shared.origin, (host, port, done) => this.#connect(host, port, done));
	}

	get since(): number {
		return this.#sentAt || this.#queuedAt;
	}

	start(): void {
		this.#send(performance.now());
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		if (this.#retry !== null) {
			clearTimeout(this.#retry as NodeJS.Timeout);
			clearImmediate(this.#retry as NodeJS.Immediate);
		}
		this.#connecting?.destroy();
		await this.#client.destroy();
	}

	expire(now: number): void {
		const { timeoutMs, recording } = this.#shared;
		const { since } = this;
		if (since === 0 || now - since <= timeoutMs) return;
		recording.timeout(since + timeoutMs, this.#timeoutNs);
		this.#end(since + timeoutMs, true);
		// Both make undici call onError, which sees that there is no attempt left and sends the next one.
		if (this.#connecting !== null) this.#connecting.destroy(new Error("not connected before the deadline"));
		else this.#abort?.(new Error("no whole answer before the deadline"));
	}

	onConnect(abort: (error?: Error) => void): void {
		this.#abort = abort;
		this.#answerBegan = false;
		this.#headersDone = false;
		this.#bodyBytes = 0;
		this.#sentAt = performance.now();
	}

	onResponseStarted(): void {
		this.#answerBegan = true;
	}

	/** Also called for informational answers (1xx), which the final one follows. */
	onHeaders(status: number): boolean {
		this.#status = status;
		this.#headersDone = status >= 200;
		return true;
	}

	onData(chunk: Buffer): boolean {
		this.#bodyBytes += chunk.length;
		return true;
	}

	onComplete(): void {
		const now = performance.now();
		const sentAt = this.#sentAt;
		const { recording, timeoutMs, expects } = this.#shared;
		const serviceNs = Math.round((now - sentAt) * 1e6);
		this.#failuresInARow = 0;
		this.#headersDone = false;
		this.#answers++;
		const isLate = serviceNs > this.#timeoutNs;
		const isExpected = expects(this.#status);
		if (isLate) recording.timeout(sentAt + timeoutMs, this.#timeoutNs);
		else if (isExpected) recording.ok(now, serviceNs, this.#bodyBytes);
		else recording.unexpected(now, serviceNs, this.#bodyBytes, this.#status);
		this.#end(isLate ? sentAt + timeoutMs : now, isLate || isExpected);
		if (this.#answers === this.#closesAfter) this.#sendAfter(SILENT_CLOSE_WAIT_MS);
		else this.#send(now);
	}

	onError(error: Error): void {
		if (this.#stopped) return;
		const wasSent = this.#sentAt !== 0;
		const wasExpired = !wasSent && this.#queuedAt === 0;
		const connectFailed = this.#connectFailed;
		this.#connectFailed = false;
		if (isFaultOfRequest(error) || isOutOfDescriptors(error)) {
			this.#stopped = true;
			this.#shared.onFatal(error);
		} else if (wasExpired) {
			this.#sendAfter(waitAfterFailureMs("timeout", 1));
		} else if (wasSent || connectFailed) {
			this.#fail(errorKindOf(error));
		} else {
			// The connection went away before the request was written: nothing was attempted yet, and what was due still is.
			this.#queuedAt = 0;
			this.#sendAfter(0);
		}
	}

	#fail(kind: ErrorKind): void {
		const closedSilently = kind === "reset" && !this.#answerBegan && this.#answers > 0;
		if (closedSilently) this.#closesAfter = this.#answers;
		this.#failuresInARow++;
		const now = performance.now();
		const { recording, timeoutMs } = this.#shared;
		const deadline = this.since + timeoutMs;
		if (now > deadline) {
			// The sweep had not come to it yet.
			recording.timeout(deadline, this.#timeoutNs);
			this.#end(deadline, true);
		} else {
			recording.error(now, kind);
			this.#end(now, false);
		}
		this.#sendAfter(waitAfterFailureMs(kind, this.#failuresInARow));
	}

	/** The attempt is counted and over. */
	#end(endedAt: number, isRecorded: boolean): void {
		this.#shared.onEnded?.(this, endedAt, this.#sentAt, isRecorded);
		this.plannedAt = 0;
		this.#sentAt = 0;
		this.#queuedAt = 0;
	}

	#send(now: number): void {
		if (this.#stopped) return;
		if (this.plannedAt === 0 && !this.#shared.mayStart(now, this)) {
			this.#shared.onIdle(this);
			return;
		}
		this.#queuedAt = now;
		this.#client.dispatch(this.#nextRequest(), this);
	}

	/** Never at once: undici calls onError while it empties its queue and must not find a new request in it. */
	#sendAfter(waitMs: number): void {
		const send = (): void => {
			this.#retry = null;
			this.#send(performance.now());
		};
		this.#retry = waitMs === 0 ? setImmediate(send) : setTimeout(send, waitMs);
	}

	#connect(host: string, port: number, done: Connected): void {
		const expectsHeader = (): boolean => this.#sentAt !== 0 && !this.#headersDone;
		const socket = openSocket(host, port, expectsHeader, (error) => {
			this.#connecting = null;
			if (error === null) {
				this.#answers = 0;
				this.#connections++;
				if (this.#connections > 1) this.#shared.recording.reconnected();
				done(null, socket);
			} else {
				this.#connectFailed = true;
				done(error, null);
			}
			this.#settle();
		});
		this.#connecting = socket;
	}

	/** The first connection is open, or could not be opened. */
	#settle(): void {
		if (this.#hasSettled) return;
		this.#hasSettled = true;
		this.#shared.onFirstConnection();
	}
}
