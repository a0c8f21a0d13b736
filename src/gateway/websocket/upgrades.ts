import { EventEmitter } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import { answerOnSocket } from "../errors.js";

/**
 * The upgrades of one path, in the shape in which @fastify/websocket wants them. Once anybody listens, Node hands over
 * every request that offers an upgrade, whatever its path (curl --http2 offers one); the others are refused here, so
 * that the plugin and its hooks stay with the one route that needs them and cost the others nothing.
 */
export function upgradesOf(app: FastifyInstance, path: string): Server {
	const upgrades = new EventEmitter();
	const onUpgrade = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
		const [requested] = (request.url ?? "").split("?");
		if (requested === path) {
			upgrades.emit("upgrade", request, socket, head);
			return;
		}
		socket.on("error", () => socket.destroy());
		refuseUpgrade(socket, `only ${path} can be upgraded: leave the Upgrade header out`);
	};
	app.server.on("upgrade", onUpgrade);
	app.addHook("preClose", async () => void app.server.off("upgrade", onUpgrade));
	return upgrades as unknown as Server;
}

/** Node no longer looks after a socket that asked for an upgrade: what is not ended here stays open for good. */
export function refuseUpgrade(socket: Duplex, message: string): void {
	socket.once("finish", () => socket.destroy());
	answerOnSocket(socket, message);
}
