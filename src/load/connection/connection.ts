import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { ResponseError } from "#src/load/http1/response-error.js";
import { type AnswerReader, type Asked, ResponseParser } from "#src/load/http1/response-parser.js";
import type { ErrorKind } from "#src/load/order/order.js";
import { errorKindOf, isOutOfDescriptors } from "./error-kind.js";
import { sharedMemorySocket } from "./socket.js";

/** Of the time that a server says it keeps idle connections; later one is opened anew, as a request may meet its end. */
const SURELY_KEPT = 0.9;

/** Told what becomes of a connection and of what is asked on it. Times are milliseconds of performance.now(). */
export interface ConnectionUser {
	/** It is open; what was asked is sent next. `replacesLost`: there was one before, which was not left on purpose. */
	onOpened(openingMs: number, now: number, replacesLost: boolean): void;
	/** What was asked is sent next. */
	onSent(now: number): void;
	/** The answer is whole. */
	onAnswer(now: number): void;
	/** There will be no answer, or none that is whole; or a connection that was taken over is gone. */
	onLost(kind: ErrorKind): void;
	/** No more connections can be opened. */
	onFatal(error: Error): void;
}

/**
 * One connection of HTTP/1.1 with at most one request in flight, which is opened when something is asked and none is open, and
 * stays as long as the server keeps it. Only what is asked and lost is told: an idle connection that goes is replaced with
 * the next request.
 *
 * The next request may leave in the very turn in which the last answer came (docs/bench-generator.md has what that is worth).
 */
export class Connection {
	readonly #address: { readonly host: string; readonly port: number };
	readonly #user: ConnectionUser;
	readonly #parser = new ResponseParser();
	#socket: Socket | null = null;
	#isOpen = false;
	/** Told of the bytes that come, where another protocol has taken over. */
	#onBytes: ((bytes: Buffer) => void) | null = null;
	#hadOne = false;
	#isLeft = false;
	#openingSince = 0;
	/** What is in flight, or is sent as soon as the connection is open. */
	#asked: Asked | null = null;
	#request: Buffer | null = null;
	#isSent = false;
	#answeredAt = 0;
	/** Answers that the present connection has given, and those after which the server once closed one without a word. */
	#answers = 0;
	#closesAfter = 0;

	constructor(origin: URL, user: ConnectionUser) {
		// A socket wants IPv6 addresses without their brackets.
		this.#address = { host: origin.hostname.replace(/^\[|\]$/g, ""), port: Number(origin.port) || 80 };
		this.#user = user;
	}

	/** Has somebody told what is in the answers; else only their status and length are known. */
	readWith(reader: AnswerReader): void {
		this.#parser.readWith(reader);
	}

	/** The answer that comes in, or came last. */
	get answer(): { readonly status: number; readonly bodyBytes: number } {
		return this.#parser;
	}

	/** Whether the server is known to close the connection after this answer without a word. */
	get mayCloseNow(): boolean {
		return this.#socket !== null && this.#answers === this.#closesAfter;
	}

	/** Sends the bytes of a request, once the connection is open. Not while another one is in flight. */
	ask(request: Buffer, asked: Asked): void {
		this.#request = request;
		this.#asked = asked;
		const { idleMs } = this.#parser;
		if (idleMs > 0 && performance.now() - this.#answeredAt > SURELY_KEPT * idleMs) this.#close();
		if (this.#socket === null) this.#open();
		else if (this.#isOpen) this.#send(this.#socket);
	}

	/** Hands over the connection after an answer to "upgrade"; what comes on it is told, until it is gone. */
	takeOver(onBytes: (bytes: Buffer) => void): Socket {
		if (this.#socket === null) throw new Error("there is no connection");
		this.#onBytes = onBytes;
		return this.#socket;
	}

	/** Forgets a connection that was taken over, without closing it. */
	release(): void {
		this.#socket = null;
		this.#isOpen = false;
		this.#onBytes = null;
	}

	/** Cuts the connection. Nothing is told of what was in flight. */
	cut(): void {
		this.#asked = null;
		this.#close();
	}

	/** Cuts it if something is in flight. */
	abandon(): void {
		if (this.#asked !== null) this.cut();
	}

	/** Cuts a connection that nothing is wrong with. */
	leave(): void {
		this.#isLeft = true;
		this.cut();
	}

	#open(): void {
		const socket = sharedMemorySocket((bytes) => this.#read(socket, bytes));
		this.#socket = socket;
		this.#openingSince = performance.now();
		socket.setNoDelay(true);
		socket.once("connect", () => this.#opened(socket));
		socket.on("end", () => this.#ended(socket));
		socket.on("error", (error) => this.#failed(socket, error));
		socket.connect(this.#address);
	}

	#opened(socket: Socket): void {
		if (socket !== this.#socket) return;
		const now = performance.now();
		const replacesLost = this.#hadOne && !this.#isLeft;
		this.#isOpen = true;
		this.#hadOne = true;
		this.#isLeft = false;
		this.#answers = 0;
		this.#user.onOpened(now - this.#openingSince, now, replacesLost);
		if (this.#socket === socket) this.#send(socket);
	}

	#send(socket: Socket): void {
		if (this.#asked === null || this.#request === null) return;
		this.#parser.expect(this.#asked);
		this.#isSent = true;
		this.#user.onSent(performance.now());
		socket.write(this.#request);
	}

	#read(socket: Socket, bytes: Buffer): void {
		if (socket !== this.#socket) return;
		if (this.#onBytes !== null) {
			this.#onBytes(bytes);
			return;
		}
		if (!this.#isSent) {
			// Nobody asked for anything.
			this.#close();
			return;
		}
		let isWhole: boolean;
		try {
			isWhole = this.#parser.feed(bytes);
		} catch (error) {
			if (!(error instanceof ResponseError)) throw error;
			this.#lose("protocol");
			return;
		}
		if (isWhole && socket === this.#socket) this.#answered(bytes);
	}

	#answered(bytes: Buffer | null): void {
		const now = performance.now();
		const { keepsAlive, bytesBehind } = this.#parser;
		const isUpgrade = this.#asked === "upgrade";
		this.#asked = null;
		this.#isSent = false;
		this.#answeredAt = now;
		this.#answers++;
		if (!isUpgrade && (!keepsAlive || bytesBehind > 0)) this.#close();
		this.#user.onAnswer(now);
		if (isUpgrade && bytesBehind > 0 && bytes !== null) this.#onBytes?.(bytes.subarray(-bytesBehind));
	}

	/** The server has ended the connection. */
	#ended(socket: Socket): void {
		if (socket !== this.#socket) return;
		if (this.#isSent && this.#parser.end()) this.#answered(null);
		else this.#lose("reset");
	}

	#failed(socket: Socket, error: Error): void {
		if (socket !== this.#socket) return;
		if (isOutOfDescriptors(error)) {
			this.cut();
			this.#user.onFatal(error);
		} else {
			this.#lose(errorKindOf(error));
		}
	}

	/** The connection is gone, or did not come about, or cannot be used any more. */
	#lose(kind: ErrorKind): void {
		const isMissed = this.#asked !== null || this.#onBytes !== null;
		const closedSilently = kind === "reset" && this.#isSent && !this.#parser.hasBegun && this.#answers > 0;
		if (closedSilently) this.#closesAfter = this.#answers;
		this.cut();
		if (isMissed) this.#user.onLost(kind);
	}

	/** What it does from now on is not heard any more. */
	#close(): void {
		const socket = this.#socket;
		this.release();
		this.#isSent = false;
		this.#parser.forget();
		socket?.destroy();
	}
}
