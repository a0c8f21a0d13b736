import type { Socket } from "node:net";
import { Receiver, Sender } from "ws";

/** How long a server may take to answer our goodbye before its connection is cut. */
const GOODBYE_MS = 250;
const NORMAL_CLOSE = 1_000;
/** What a close says that says nothing; it must not be sent. */
const NO_CODE = 1_005;
const LARGEST_MESSAGE = 100 * 1024 * 1024;
const AS_TEXT = { binary: false, compress: false, fin: true, mask: true } as const;

/** Told what comes on a WebSocket. */
export interface FrameReader {
	onMessage(data: Buffer, isBinary: boolean): void;
	onPing(): void;
	/** The server has closed it; it is answered, and the connection goes by itself. */
	onClose(code: number): void;
	/** What comes are no frames. */
	onBroken(): void;
}

/** The frames of one WebSocket, on a connection that is open. */
export class Frames {
	readonly #socket: Socket;
	readonly #sender: Sender;
	readonly #receiver = new Receiver({ isServer: false, maxPayload: LARGEST_MESSAGE, skipUTF8Validation: true });
	#reader: FrameReader | null;

	constructor(socket: Socket, reader: FrameReader) {
		this.#socket = socket;
		this.#sender = new Sender(socket);
		this.#reader = reader;
		this.#receiver.on("message", (data, isBinary) => this.#reader?.onMessage(data, isBinary));
		this.#receiver.on("ping", (data) => this.#ping(data));
		this.#receiver.on("conclude", (code) => this.#conclude(code));
		this.#receiver.on("error", () => this.#tellOnce()?.onBroken());
	}

	read(bytes: Buffer): void {
		// Copied: of a message that is not whole it keeps what it has, and the socket reads into the same memory again.
		if (this.#reader !== null) this.#receiver.write(Buffer.from(bytes));
	}

	send(message: Buffer): void {
		this.#sender.send(message, AS_TEXT);
	}

	/** Nothing is told any more. */
	forget(): void {
		this.#reader = null;
	}

	/** Says goodbye to the server and resolves when the connection is gone. */
	leave(): Promise<void> {
		this.forget();
		return new Promise((resolve) => {
			const limit = setTimeout(() => this.#socket.destroy(), GOODBYE_MS);
			this.#socket.once("close", () => {
				clearTimeout(limit);
				resolve();
			});
			this.#sender.close(NORMAL_CLOSE, undefined, true);
		});
	}

	#ping(data: Buffer): void {
		if (this.#reader === null) return;
		this.#sender.pong(data, true);
		this.#reader.onPing();
	}

	#conclude(code: number): void {
		const reader = this.#tellOnce();
		if (reader === null) return;
		this.#sender.close(code === NO_CODE ? undefined : code, undefined, true);
		this.#socket.destroySoon();
		reader.onClose(code);
	}

	#tellOnce(): FrameReader | null {
		const reader = this.#reader;
		this.#reader = null;
		return reader;
	}
}
