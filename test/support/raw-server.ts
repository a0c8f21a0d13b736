import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach } from "vitest";

export interface RawServer {
	readonly origin: string;
	/** Requests that have arrived. */
	requests: number;
	/** Ends it and every connection with a reset. */
	kill(): Promise<void>;
}

/** Called for each request head that arrives, with the head's text. */
export type Answer = (socket: Socket, request: number, head: string) => void;

const servers: RawServer[] = [];
afterEach(async () => {
	for (const server of servers.splice(0)) await server.kill();
});

/** A server that speaks TCP only, for requests without bodies; it ends with the test. */
export async function rawServer(answer: Answer): Promise<RawServer> {
	const sockets = new Set<Socket>();
	const tcp = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
		sockets.add(socket);
		let head = "";
		socket.on("close", () => sockets.delete(socket));
		socket.on("error", () => socket.destroy());
		socket.on("end", () => socket.end());
		socket.on("data", (chunk) => {
			head += chunk.toString("latin1");
			for (let end = head.indexOf("\r\n\r\n"); end >= 0; end = head.indexOf("\r\n\r\n")) {
				const whole = head.slice(0, end);
				head = head.slice(end + 4);
				answer(socket, ++server.requests, whole);
			}
		});
	});
	const server: RawServer = {
		origin: await listen(tcp),
		requests: 0,
		kill: () =>
			new Promise((resolve) => {
				tcp.close(() => resolve());
				for (const socket of sockets) socket.resetAndDestroy();
			}),
	};
	servers.push(server);
	return server;
}

/** On a free loopback port; the origin. */
export async function listen(server: Server): Promise<string> {
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
