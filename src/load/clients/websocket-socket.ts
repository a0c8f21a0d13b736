import { Socket } from "node:net";

const shared = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * A TCP socket that reads into one buffer which all of them share, and hands on a copy of what came: for small messages
 * much cheaper than the 64 KiB that Node otherwise allocates for every read.
 */
export class MessageSocket extends Socket {
	constructor() {
		const onData = (size: number): boolean => {
			this.emit("data", Buffer.from(shared.subarray(0, size)));
			return true;
		};
		// `onread` is an option of every socket, but @types/node knows it only for connect().
		super({ onread: { buffer: shared, callback: onData } } as ConstructorParameters<typeof Socket>[0]);
	}
}
