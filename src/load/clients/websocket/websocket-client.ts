import { performance } from "node:perf_hooks";
import type { ClientShared } from "#src/load/clients/client.js";
import { ConnectedClient } from "#src/load/clients/connected-client.js";
import type { AnswerReader } from "#src/load/http1/response-parser.js";
import type { ErrorKind } from "#src/load/order/order.js";
import type { NextRequest } from "#src/load/requests/request.js";
import type { RequestSource } from "#src/load/requests/request-source.js";
import { type FrameReader, Frames } from "./frames.js";
import { Handshake } from "./handshake.js";
import { type MessageSource, saysError } from "./message-source.js";

const SWITCHING_PROTOCOLS = 101;
/** RFC 6455, section 7.1.5: the connection is gone without a close. */
const ABNORMAL_CLOSE = 1_006;

/**
 * One WebSocket with one message in flight. The message that comes next is its answer; what comes while none is in flight
 * is unsolicited. The connection is opened with the first attempt and stays; where it was closed, the next attempt opens
 * another, and waits for it before its service time begins.
 */
export class WebSocketClient extends ConnectedClient implements AnswerReader, FrameReader {
	readonly #nextHandshake: NextRequest;
	readonly #messages: MessageSource;
	readonly #beginNext = (): void => this.start();
	#handshake: Handshake | null = null;
	#frames: Frames | null = null;
	#openings = 0;
	#openingSince = 0;

	/**
	 * @param handshakes path, headers and token of this client's connections
	 * @param messages shared by all clients of the load
	 */
	constructor(shared: ClientShared, handshakes: RequestSource, messages: MessageSource) {
		super(shared);
		this.connection.readWith(this);
		this.#nextHandshake = handshakes.forNextClient();
		this.#messages = messages;
	}

	override async stop(): Promise<void> {
		const frames = this.#frames;
		this.#frames = null;
		if (frames !== null) this.connection.release();
		await super.stop();
		await frames?.leave();
	}

	override onOpened(): void {
		// It is open when its handshake is answered.
	}

	override onSent(): void {
		// The handshake: what is timed is the message.
	}

	onField(lowerName: string, value: string): void {
		this.#handshake?.onField(lowerName, value);
	}

	onHeader(status: number): void {
		if (status < 200) return;
		// The handshake is answered, but not with a WebSocket.
		this.connection.cut();
		const now = performance.now();
		this.expire(now);
		if (this.since === 0) return;
		this.shared.recording.unexpected(now, Math.round((now - this.#openingSince) * 1e6), 0, status);
		this.end(now, false);
		this.backOff("refused");
	}

	onBody(): void {}

	override onAnswer(now: number): void {
		const isAccepted = this.connection.answer.status === SWITCHING_PROTOCOLS && this.#handshake?.isAccepted();
		this.expire(now);
		if (this.since === 0 || !isAccepted) {
			this.connection.cut();
			if (this.since !== 0) this.fail("protocol");
			return;
		}
		const { recording } = this.shared;
		if (this.#openings++ > 0) recording.reconnected();
		recording.also("connect", now, now - this.#openingSince);
		const frames = new Frames(
			this.connection.takeOver((bytes) => frames.read(bytes)),
			this,
		);
		this.#frames = frames;
		this.#send(frames);
		this.settle();
	}

	override onLost(kind: ErrorKind): void {
		if (this.#frames === null) super.onLost(kind);
		else this.#closed(ABNORMAL_CLOSE);
	}

	onMessage(data: Buffer, isBinary: boolean): void {
		const { recording } = this.shared;
		if (this.sentAt === 0) {
			recording.tally("unsolicited", 1);
			return;
		}
		const now = performance.now();
		this.expire(now);
		const { sentAt } = this;
		// It came after its deadline.
		if (sentAt === 0) return;
		this.succeeded();
		recording.ok(now, Math.round((now - sentAt) * 1e6), data.length);
		recording.tally("messages", 1);
		if (!isBinary && saysError(data)) recording.tally("errorMessages", 1);
		this.end(now, true);
		// Not at once: a second message in the same packet came before the next was sent, and cannot be its answer.
		queueMicrotask(this.#beginNext);
	}

	onPing(): void {
		this.shared.recording.tally("pings", 1);
	}

	onClose(code: number): void {
		this.connection.release();
		this.#closed(code);
	}

	onBroken(): void {
		this.abandon();
		if (this.since === 0) this.shared.recording.tally("protocolErrors", 1);
		else this.fail("protocol");
	}

	protected override ask(): void {
		if (this.#frames !== null) {
			this.#send(this.#frames);
			return;
		}
		try {
			this.#handshake = new Handshake(this.#nextHandshake(), this.shared.origin.host);
		} catch (error) {
			this.onFatal(error as Error);
			return;
		}
		this.#openingSince = performance.now();
		this.connection.ask(this.#handshake.bytes, "upgrade");
	}

	protected override abandon(): void {
		this.#frames?.forget();
		this.#frames = null;
		this.connection.cut();
	}

	#send(frames: Frames): void {
		const message = this.#messages.next();
		this.sentAt = performance.now();
		frames.send(message);
	}

	/** The server has closed it, or the connection is gone. The next attempt opens another. */
	#closed(code: number): void {
		this.#frames = null;
		if (this.sentAt !== 0) this.fail("reset");
		this.shared.recording.tally(`close ${code}`, 1);
	}
}
