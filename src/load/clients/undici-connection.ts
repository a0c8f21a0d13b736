import { Client } from "undici";
import { LoadSocket } from "./load-socket.js";

/** The longest that Node's timers can wait; a longer one would fire at once and close idle connections. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Tells undici what became of a connection that it wanted. */
export type Connected = (...result: [null, LoadSocket] | [Error, null]) => void;

/**
 * One connection with one request in flight. Deadlines are the load's, and the connection stays open as long as the server
 * keeps it.
 * @param connect opens it; called when there is something to send and no connection
 */
export const undiciClient = (origin: URL, connect: (host: string, port: number, done: Connected) => void): Client =>
	new Client(origin, {
		pipelining: 1,
		headersTimeout: 0,
		bodyTimeout: 0,
		keepAliveTimeout: LONGEST_TIMER_MS,
		keepAliveMaxTimeout: LONGEST_TIMER_MS,
		keepAliveTimeoutThreshold: 0,
		// undici writes IPv6 addresses without their brackets, as a socket wants them.
		connect: (target, done) => connect(target.hostname, Number(target.port) || 80, done),
	});

/**
 * Begins to connect.
 * @param expectsHeader whether the next bytes belong to the header of an answer
 * @param onSettled told once: null when it is open, or why it is not
 */
export function openSocket(
	host: string,
	port: number,
	expectsHeader: () => boolean,
	onSettled: (error: Error | null) => void,
): LoadSocket {
	const socket = new LoadSocket(expectsHeader);
	let isSettled = false;
	const settle = (error: Error | null): void => {
		if (isSettled) return;
		isSettled = true;
		onSettled(error);
	};
	socket.setNoDelay(true);
	socket.once("connect", () => settle(null));
	socket.on("error", settle);
	socket.connect({ host, port });
	return socket;
}
