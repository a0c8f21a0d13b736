import type { Socket } from "node:net";
import type { Writable } from "node:stream";

// ws exports what its WebSocket is made of, and @types/ws does not know it.
declare module "ws" {
	/** Reads frames from the bytes that are written to it. Messages and closes are told in the same turn, faults later. */
	export class Receiver extends Writable {
		constructor(options: { isServer: boolean; maxPayload: number; skipUTF8Validation: boolean });
		on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): this;
		on(event: "ping", listener: (data: Buffer) => void): this;
		on(event: "conclude", listener: (code: number) => void): this;
		on(event: "error", listener: (error: Error) => void): this;
	}

	/** Writes frames to a socket. */
	export class Sender {
		constructor(socket: Socket);
		send(data: Buffer, options: { binary: boolean; compress: boolean; fin: boolean; mask: boolean }): void;
		pong(data: Buffer, mask: boolean): void;
		close(code: number | undefined, data: undefined, mask: boolean): void;
	}
}
