import { performance } from "node:perf_hooks";
import { type RawData, WebSocket } from "ws";
import type { ErrorKind } from "#src/load/order/order.js";
import type { Client, ClientShared } from "./client.js";
import { isOutOfDescriptors, waitAfterFailureMs } from "./error-kind.js";
import type { NextRequest, RequestSource } from "./request-source.js";
import { dropWebSocket, leaveWebSocket, openWebSocket, webSocketErrorKind } from "./websocket-connection.js";
import { type MessageSource, saysError } from "./websocket-messages.js";

const AS_TEXT = { binary: false } as const;

/**
 * One WebSocket with one message in flight. The message that comes next is its answer; what comes while none is in flight
 * is unsolicited. The connection is opened with the first attempt and stays; where it was closed, the next attempt opens
 * another, and waits for it before its service time begins.
 */
export class WebSocketClient implements Client {
	plannedAt = 0;
	readonly #shared: ClientShared;
	readonly #nextHandshake: NextRequest;
	readonly #messages: MessageSource;
	readonly #beginNext = (): void => this.#begin(performance.now());
	#socket: WebSocket | null = null;
	#connections = 0;
	#hasSettled = false;
	#stopped = false;
	#retry: NodeJS.Timeout | NodeJS.Immediate | null = null;
	/** When the attempt was begun and when its message was sent; 0: it was not. */
	#queuedAt = 0;
	#sentAt = 0;
	#failuresInARow = 0;

	/**
	 * @param handshakes path, headers and token of this client's connections
	 * @param messages shared by all clients of the load
	 */
	constructor(shared: ClientShared, handshakes: RequestSource, messages: MessageSource) {
		this.#shared = shared;
		this.#nextHandshake = handshakes.forNextClient();
		this.#messages = messages;
	}

	get since(): number {
		return this.#sentAt || this.#queuedAt;
	}

	start(): void {
		this.#begin(performance.now());
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		if (this.#retry !== null) {
			clearTimeout(this.#retry as NodeJS.Timeout);
			clearImmediate(this.#retry as NodeJS.Immediate);
		}
		const socket = this.#socket;
		this.#socket = null;
		if (socket !== null) await leaveWebSocket(socket);
	}

	expire(now: number): void {
		const { timeoutMs, recording } = this.#shared;
		const { since } = this;
		if (since === 0 || now - since <= timeoutMs) return;
		// An answer that comes later must not be taken for that of the next message.
		this.#drop();
		recording.timeout(since + timeoutMs, timeoutMs * 1e6);
		this.#end(since + timeoutMs, true);
		this.#beginAfter(waitAfterFailureMs("timeout", 1));
	}

	#begin(now: number): void {
		if (this.#stopped) return;
		if (this.plannedAt === 0 && !this.#shared.mayStart(now, this)) {
			this.#shared.onIdle(this);
			return;
		}
		this.#queuedAt = now;
		if (this.#socket === null) this.#connect(now);
		else if (this.#socket.readyState === WebSocket.OPEN) this.#send(this.#socket);
		// Else the server is closing it; when it is closed a new one is opened.
	}

	#send(socket: WebSocket): void {
		const message = this.#messages.next();
		this.#sentAt = performance.now();
		socket.send(message, AS_TEXT);
	}

	#connect(since: number): void {
		let socket: WebSocket;
		try {
			socket = openWebSocket(this.#shared.origin, this.#nextHandshake());
		} catch (error) {
			this.#giveUp(error as Error);
			return;
		}
		this.#socket = socket;
		socket.on("open", () => this.#onOpen(socket, since));
		socket.on("unexpected-response", (_, response) => this.#onRefused(response.statusCode ?? 0, since));
		socket.on("message", (data, isBinary) => this.#onMessage(data, isBinary));
		socket.on("ping", () => this.#shared.recording.tally("pings", 1));
		socket.on("error", (error) => this.#onError(error));
		socket.on("close", (code) => this.#onClose(code));
	}

	#onOpen(socket: WebSocket, since: number): void {
		const now = performance.now();
		this.expire(now);
		if (this.#socket !== socket) return;
		const { recording } = this.#shared;
		this.#connections++;
		if (this.#connections > 1) recording.reconnected();
		recording.also("connect", now, now - since);
		this.#send(socket);
		this.#settle();
	}

	/** The handshake was answered, but not with a WebSocket. */
	#onRefused(status: number, since: number): void {
		this.#drop();
		const now = performance.now();
		this.expire(now);
		if (this.#queuedAt === 0) return;
		this.#shared.recording.unexpected(now, Math.round((now - since) * 1e6), 0, status);
		this.#failuresInARow++;
		this.#end(now, false);
		this.#beginAfter(waitAfterFailureMs("refused", this.#failuresInARow));
	}

	#onMessage(data: RawData, isBinary: boolean): void {
		const { recording, timeoutMs } = this.#shared;
		const sentAt = this.#sentAt;
		if (sentAt === 0) {
			recording.tally("unsolicited", 1);
			return;
		}
		const now = performance.now();
		if (now - sentAt > timeoutMs) {
			this.expire(now);
			return;
		}
		const answer = data as Buffer;
		this.#failuresInARow = 0;
		recording.ok(now, Math.round((now - sentAt) * 1e6), answer.length);
		recording.tally("messages", 1);
		if (!isBinary && saysError(answer)) recording.tally("errorMessages", 1);
		this.#end(now, true);
		// Not at once: a second message in the same packet came before the next was sent, and cannot be its answer.
		queueMicrotask(this.#beginNext);
	}

	#onError(error: Error): void {
		this.#drop();
		if (isOutOfDescriptors(error)) this.#giveUp(error);
		else if (this.since === 0) this.#shared.recording.tally("protocolErrors", 1);
		else this.#fail(webSocketErrorKind(error));
	}

	/** By the server: what is closed from here is not heard any more. */
	#onClose(code: number): void {
		this.#socket = null;
		if (this.#sentAt !== 0) this.#fail("reset");
		else if (this.#queuedAt !== 0) this.#connect(performance.now());
		this.#shared.recording.tally(`close ${code}`, 1);
	}

	#fail(kind: ErrorKind): void {
		const now = performance.now();
		this.expire(now);
		if (this.since === 0) return;
		this.#failuresInARow++;
		this.#shared.recording.error(now, kind);
		this.#end(now, false);
		this.#beginAfter(waitAfterFailureMs(kind, this.#failuresInARow));
	}

	/** The load cannot go on, for a reason that trying again does not change. */
	#giveUp(error: Error): void {
		this.#stopped = true;
		this.#shared.onFatal(error);
	}

	/** The attempt is counted and over. */
	#end(endedAt: number, isRecorded: boolean): void {
		this.#shared.onEnded?.(this, endedAt, this.#sentAt, isRecorded);
		this.plannedAt = 0;
		this.#sentAt = 0;
		this.#queuedAt = 0;
	}

	#beginAfter(waitMs: number): void {
		const begin = (): void => {
			this.#retry = null;
			this.#beginNext();
		};
		this.#retry = waitMs === 0 ? setImmediate(begin) : setTimeout(begin, waitMs);
		this.#settle();
	}

	/** The first connection is open, or could not be opened. */
	#settle(): void {
		if (this.#hasSettled) return;
		this.#hasSettled = true;
		this.#shared.onFirstConnection();
	}

	#drop(): void {
		const socket = this.#socket;
		this.#socket = null;
		if (socket !== null) dropWebSocket(socket);
	}
}
