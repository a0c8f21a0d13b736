import { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { encodeRequest } from "#src/load/http1/http-request.js";
import { ResponseError, ResponseParser } from "#src/load/http1/response-parser.js";
import type { ErrorKind } from "#src/load/order/order.js";
import { type Client, type ClientShared, SILENT_CLOSE_WAIT_MS } from "./client.js";
import { errorKindOf, isOutOfDescriptors, waitAfterFailureMs } from "./error-kind.js";
import type { NextRequest, RequestSource } from "./request-source.js";

/** All connections read into one buffer: the parser keeps nothing of it. */
const shared = Buffer.allocUnsafeSlow(64 * 1024);

/** Of the time that a server says it keeps idle connections; later one is opened anew, as a request may meet its end. */
const SURELY_KEPT = 0.9;

/**
 * One connection with one request in flight: requests whose answers are only timed and counted.
 *
 * It speaks HTTP/1.1 itself, because what a request costs here is what the target's machine has less of, and because the
 * next request must leave in the same turn in which an answer came: docs/bench-generator.md has it beside undici.
 */
export class HttpClient implements Client {
	plannedAt = 0;
	readonly #shared: ClientShared;
	readonly #host: string;
	readonly #address: { readonly host: string; readonly port: number };
	readonly #nextRequest: NextRequest;
	readonly #timeoutNs: number;
	readonly #parser = new ResponseParser();
	/** The last request and its bytes. */
	#request: ReturnType<NextRequest> | null = null;
	#bytes: Buffer = Buffer.alloc(0);
	#socket: Socket | null = null;
	#connections = 0;
	#hasSettled = false;
	#stopped = false;
	#retry: NodeJS.Timeout | NodeJS.Immediate | null = null;
	/** When the attempt was queued and when it was sent; 0: it was not. */
	#queuedAt = 0;
	#sentAt = 0;
	/** When the last answer was whole. */
	#answeredAt = 0;
	#failuresInARow = 0;
	/** Answers that the present connection has given, and those after which the server once closed one without a word. */
	#answers = 0;
	#closesAfter = 0;

	constructor(shared: ClientShared, requests: RequestSource) {
		const { origin, timeoutMs } = shared;
		this.#shared = shared;
		this.#host = origin.host;
		// A socket wants IPv6 addresses without their brackets.
		this.#address = { host: origin.hostname.replace(/^\[|\]$/g, ""), port: Number(origin.port) || 80 };
		this.#nextRequest = requests.forNextClient();
		this.#timeoutNs = timeoutMs * 1e6;
	}

	get since(): number {
		return this.#sentAt || this.#queuedAt;
	}

	start(): void {
		this.#send(performance.now());
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		this.#clearRetry();
		this.#drop();
	}

	expire(now: number): void {
		const { timeoutMs, recording } = this.#shared;
		const { since } = this;
		if (since === 0 || now - since <= timeoutMs) return;
		recording.timeout(since + timeoutMs, this.#timeoutNs);
		this.#end(since + timeoutMs, true);
		this.#drop();
		this.#sendAfter(waitAfterFailureMs("timeout", 1));
	}

	#send(now: number): void {
		if (this.#stopped) return;
		if (this.plannedAt === 0 && !this.#shared.mayStart(now, this)) {
			this.#shared.onIdle(this);
			return;
		}
		this.#queuedAt = now;
		if (!this.#encode()) return;
		const { idleMs } = this.#parser;
		if (idleMs > 0 && now - this.#answeredAt > SURELY_KEPT * idleMs) this.#drop();
		if (this.#socket === null) this.#connect();
		else this.#write(this.#socket);
	}

	/** Whether the next request can be sent. */
	#encode(): boolean {
		const request = this.#nextRequest();
		// Where there are no placeholders it is the same object every time.
		if (request === this.#request) return true;
		try {
			this.#bytes = encodeRequest(request, this.#host);
			this.#request = request;
			return true;
		} catch (error) {
			this.#stopped = true;
			this.#shared.onFatal(error as Error);
			return false;
		}
	}

	#write(socket: Socket): void {
		this.#parser.expect(this.#request?.method === "HEAD");
		this.#sentAt = performance.now();
		socket.write(this.#bytes);
	}

	#onBytes(socket: Socket, chunk: Buffer): void {
		if (socket !== this.#socket) return;
		if (this.#sentAt === 0) {
			// Nobody asked for anything.
			this.#drop();
			return;
		}
		let isWhole: boolean;
		try {
			isWhole = this.#parser.feed(chunk);
		} catch (error) {
			if (!(error instanceof ResponseError)) throw error;
			this.#drop();
			this.#fail("protocol");
			return;
		}
		if (isWhole) this.#answered();
	}

	#answered(): void {
		const now = performance.now();
		const sentAt = this.#sentAt;
		const { recording, timeoutMs, expects } = this.#shared;
		const { status, bodyBytes, keepsAlive, hasMore } = this.#parser;
		const serviceNs = Math.round((now - sentAt) * 1e6);
		this.#answeredAt = now;
		this.#failuresInARow = 0;
		this.#answers++;
		const isLate = serviceNs > this.#timeoutNs;
		const isExpected = expects(status);
		if (isLate) recording.timeout(sentAt + timeoutMs, this.#timeoutNs);
		else if (isExpected) recording.ok(now, serviceNs, bodyBytes);
		else recording.unexpected(now, serviceNs, bodyBytes, status);
		this.#end(isLate ? sentAt + timeoutMs : now, isLate || isExpected);
		if (!keepsAlive || hasMore) this.#drop();
		else if (this.#answers === this.#closesAfter) {
			this.#sendAfter(SILENT_CLOSE_WAIT_MS);
			return;
		}
		this.#send(now);
	}

	#fail(kind: ErrorKind): void {
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

	#sendAfter(waitMs: number): void {
		this.#clearRetry();
		const send = (): void => {
			this.#retry = null;
			this.#send(performance.now());
		};
		this.#retry = waitMs === 0 ? setImmediate(send) : setTimeout(send, waitMs);
	}

	#clearRetry(): void {
		if (this.#retry === null) return;
		clearTimeout(this.#retry as NodeJS.Timeout);
		clearImmediate(this.#retry as NodeJS.Immediate);
		this.#retry = null;
	}

	#connect(): void {
		const onData = (size: number): boolean => {
			this.#onBytes(socket, shared.subarray(0, size));
			return true;
		};
		// `onread` is an option of every socket, but @types/node knows it only for connect().
		const socket = new Socket({ onread: { buffer: shared, callback: onData } } as ConstructorParameters<
			typeof Socket
		>[0]);
		this.#socket = socket;
		socket.setNoDelay(true);
		socket.once("connect", () => this.#onOpened(socket));
		socket.on("end", () => this.#onEnd(socket));
		socket.on("error", (error) => this.#onError(socket, error));
		socket.connect(this.#address);
	}

	#onOpened(socket: Socket): void {
		if (socket !== this.#socket) return;
		this.#answers = 0;
		this.#connections++;
		if (this.#connections > 1) this.#shared.recording.reconnected();
		this.#write(socket);
		this.#settle();
	}

	/** The server has ended the connection. */
	#onEnd(socket: Socket): void {
		if (socket !== this.#socket) return;
		if (this.#sentAt !== 0 && this.#parser.end()) this.#answered();
		else this.#lost("reset");
	}

	#onError(socket: Socket, error: Error): void {
		if (socket !== this.#socket) return;
		if (isOutOfDescriptors(error)) {
			this.#stopped = true;
			this.#drop();
			this.#shared.onFatal(error);
		} else {
			this.#lost(errorKindOf(error));
		}
	}

	/** The connection is gone, or did not come about. One that nothing was sent on is opened again with the next request. */
	#lost(kind: ErrorKind): void {
		const wasWaiting = this.since !== 0;
		const closedSilently = kind === "reset" && this.#sentAt !== 0 && !this.#parser.hasBegun && this.#answers > 0;
		if (closedSilently) this.#closesAfter = this.#answers;
		this.#drop();
		if (wasWaiting) this.#fail(kind);
	}

	/** Closes the connection, and forgets it: nothing it does is heard any more. */
	#drop(): void {
		const socket = this.#socket;
		if (socket === null) return;
		this.#socket = null;
		socket.destroy();
		if (!this.#stopped) this.#settle();
	}

	/** The first connection is open, or could not be opened. */
	#settle(): void {
		if (this.#hasSettled) return;
		this.#hasSettled = true;
		this.#shared.onFirstConnection();
	}
}
