import type { RawData, WebSocket } from "ws";
import { type ErrorType, errorBodyOf, GatewayError } from "../errors.js";
import type { Provider } from "../providers/provider.js";
import { ProviderCall } from "../providers/provider-call.js";
import { estimateTokens } from "../token-estimate.js";

export interface ConversationTimes {
	/** A client that has not answered one ping when the next is due is cut off. */
	readonly pingIntervalMs: number;
	/** Without a message for this long the conversation is over. */
	readonly idleTimeoutMs: number;
}

/** RFC 6455, 7.4.1. */
export const closeCode = { normal: 1000, goingAway: 1001, unsupportedData: 1003, internalError: 1011 } as const;

/** The largest message, and the most that may wait for their turn. */
export const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;
const MAX_WAITING_MESSAGES = 16;
/** What a client may leave unread before it is cut off. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/**
 * One client's chat: JSON text frames `{message}` in, `{message, tokens_used_estimate, provider_ms}` out, one after the
 * other and in the order they came. What goes wrong with a message is told in a frame `{error}`; the conversation goes
 * on.
 */
export class Conversation {
	readonly #socket: WebSocket;
	readonly #provider: Provider;
	readonly #ended = new AbortController();
	readonly #waiting: string[] = [];
	#waitingBytes = 0;
	#answering = false;
	readonly #idle: NodeJS.Timeout;

	constructor(socket: WebSocket, provider: Provider, { pingIntervalMs, idleTimeoutMs }: ConversationTimes) {
		this.#socket = socket;
		this.#provider = provider;
		const pings = pingRegularly(socket, pingIntervalMs);
		this.#idle = setTimeout(() => this.#onIdle(), idleTimeoutMs);
		socket.on("message", (data, isBinary) => this.#onMessage(data, isBinary));
		socket.once("close", () => {
			clearInterval(pings);
			clearTimeout(this.#idle);
			this.#ended.abort(new GatewayError("agent_unavailable", "the client went away"));
		});
	}

	#onMessage(data: RawData, isBinary: boolean): void {
		// Frames still come in after we have said goodbye.
		if (this.#socket.readyState !== this.#socket.OPEN) return;
		if (isBinary) {
			this.#socket.close(closeCode.unsupportedData, "text frames only");
			return;
		}
		this.#idle.refresh();
		this.#take(data.toString());
	}

	#take(text: string): void {
		if (this.#waiting.length >= MAX_WAITING_MESSAGES || this.#waitingBytes + text.length > MAX_MESSAGE_BYTES) {
			this.#sendError("rate_limited", "too many messages are waiting: read an answer first");
			return;
		}
		this.#waiting.push(text);
		this.#waitingBytes += text.length;
		if (!this.#answering) void this.#answerWaiting();
	}

	async #answerWaiting(): Promise<void> {
		this.#answering = true;
		for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
			this.#waitingBytes -= text.length;
			const message = messageIn(text);
			if (message === undefined) this.#sendError("bad_request", 'send {"message":"…"} with a text that is not empty');
			else await this.#answer(message);
		}
		this.#answering = false;
		this.#idle.refresh();
	}

	async #answer(content: string): Promise<void> {
		if (this.#socket.readyState !== this.#socket.OPEN) return;
		const call = new ProviderCall(this.#provider, [{ role: "user", content }], this.#ended.signal);
		try {
			const message = await call.text();
			const tokens = estimateTokens(content) + estimateTokens(message);
			this.#send({ message, tokens_used_estimate: tokens, provider_ms: call.providerMs });
		} catch (error) {
			this.#send({ ...errorBodyOf(error), provider_ms: call.providerMs });
		}
	}

	#sendError(type: ErrorType, message: string): void {
		this.#send(errorBodyOf(new GatewayError(type, message)));
	}

	#send(answer: object): void {
		if (this.#socket.readyState !== this.#socket.OPEN) return;
		if (this.#socket.bufferedAmount > MAX_UNREAD_BYTES) this.#socket.terminate();
		else this.#socket.send(JSON.stringify(answer));
	}

	#onIdle(): void {
		if (this.#answering) this.#idle.refresh();
		else this.#socket.close(closeCode.normal, "idle");
	}
}

function pingRegularly(socket: WebSocket, intervalMs: number): NodeJS.Timeout {
	let answered = true;
	socket.on("pong", () => {
		answered = true;
	});
	return setInterval(() => {
		if (!answered) return socket.terminate();
		answered = false;
		socket.ping();
	}, intervalMs);
}

/** @returns undefined where the frame holds anything else */
function messageIn(text: string): string | undefined {
	try {
		const frame: unknown = JSON.parse(text);
		if (typeof frame !== "object" || frame === null || !("message" in frame)) return undefined;
		return typeof frame.message === "string" && frame.message.trim() !== "" ? frame.message : undefined;
	} catch {
		return undefined;
	}
}
