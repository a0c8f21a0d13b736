import type { ClientRequestArgs } from "node:http";
import { WebSocket } from "ws";
import { systemErrorCode } from "#src/errors.js";
import type { ErrorKind } from "#src/load/order/order.js";
import { errorKindOf } from "./error-kind.js";
import type { NextRequest } from "./request-source.js";
import { MessageSocket } from "./websocket-socket.js";

/** How long a server may take to answer our goodbye before its connection is cut. */
const GOODBYE_MS = 250;
const NORMAL_CLOSE = 1_000;

/**
 * Begins to connect. Messages are not compressed: deflating would be measured with them.
 * @throws where a header or the path is not one that HTTP allows
 */
export function openWebSocket(origin: URL, { path, headers: flat }: ReturnType<NextRequest>): WebSocket {
	const headers = headersOf(flat as readonly string[]);
	// ws must know of a subprotocol that the server may pick.
	const { "sec-websocket-protocol": offered, ...others } = headers;
	const protocols = offered === undefined ? [] : offered.split(",").map((each) => each.trim());
	// Put together and not resolved: a path that begins with two slashes would name another host.
	return new WebSocket(`ws://${origin.host}${path}`, protocols, {
		headers: others,
		perMessageDeflate: false,
		skipUTF8Validation: true,
		createConnection: connect,
	});
}

/** http gives an IPv6 address without its brackets, as a socket wants it. */
const connect: NonNullable<ClientRequestArgs["createConnection"]> = ({ host, port }) =>
	new MessageSocket().connect({ host: host ?? "127.0.0.1", port: Number(port) });

function headersOf(flat: readonly string[]): Record<string, string> {
	const headers: Record<string, string> = {};
	for (let i = 0; i < flat.length; i += 2) headers[flat[i] as string] = flat[i + 1] as string;
	return headers;
}

/** Forgets a connection: nothing it does is heard any more, and it is cut at once. */
export function dropWebSocket(socket: WebSocket): void {
	silence(socket);
	socket.terminate();
}

/** Says goodbye to the server and resolves when the connection is gone. */
export function leaveWebSocket(socket: WebSocket): Promise<void> {
	if (socket.readyState !== WebSocket.OPEN) {
		dropWebSocket(socket);
		return Promise.resolve();
	}
	silence(socket);
	return new Promise((resolve) => {
		const limit = setTimeout(() => {
			socket.terminate();
			resolve();
		}, GOODBYE_MS);
		socket.once("close", () => {
			clearTimeout(limit);
			resolve();
		});
		socket.close(NORMAL_CLOSE);
	});
}

function silence(socket: WebSocket): void {
	socket.removeAllListeners();
	// What is cut while it connects emits one more error, which nobody would catch.
	socket.on("error", () => {});
}

/** What ended a connection. Errors of ws without a code are handshakes that break the protocol. */
export function webSocketErrorKind(error: Error): ErrorKind {
	const code = systemErrorCode(error);
	if (code === undefined || code.startsWith("WS_ERR_") || code.startsWith("HPE_")) return "protocol";
	return errorKindOf(error);
}
