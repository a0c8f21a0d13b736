import fastifyWebsocket from "@fastify/websocket";
import type { FastifyInstance } from "fastify";
import { GatewayError } from "../errors.js";
import type { Provider } from "../providers/provider.js";
import { CLOSING_GRACE_MS } from "../shutdown.js";
import { Conversation, type ConversationTimes, closeCode, MAX_MESSAGE_BYTES } from "../websocket/conversation.js";
import { refuseUpgrade, upgradesOf } from "../websocket/upgrades.js";

interface ChatSocketOptions {
	readonly provider: Provider;
	readonly times: ConversationTimes;
}

const PATH = "/ws/chat";

/** GET /ws/chat: a chat over a WebSocket. Its layers have let it through before it opens. */
export async function chatSocketRoutes(app: FastifyInstance, { provider, times }: ChatSocketOptions): Promise<void> {
	await app.register(fastifyWebsocket, {
		options: { server: upgradesOf(app, PATH), maxPayload: MAX_MESSAGE_BYTES },
		// For what breaks the protocol ws has already sent the code that fits; then this close does nothing.
		errorHandler: (error, socket, request) => {
			request.log.info({ err: error }, "a chat socket failed");
			socket.close(closeCode.internalError);
		},
		preClose: async () => {
			for (const socket of app.websocketServer.clients) {
				socket.close(closeCode.goingAway, "the gateway is shutting down");
				setTimeout(() => socket.terminate(), CLOSING_GRACE_MS).unref();
			}
		},
	});
	app.websocketServer.on("wsClientError", (error, socket) => refuseUpgrade(socket, error.message));
	// An upgrade that was refused; one that is granted has no response. The plugin ends only what came past all layers.
	app.addHook("onResponse", (request, _reply, done) => {
		if (request.headers.upgrade !== undefined) request.raw.socket.destroy();
		done();
	});

	app.route({
		method: "GET",
		url: PATH,
		exposeHeadRoute: false,
		config: { tokenInQuery: true },
		handler: (_request, reply) => {
			reply.header("upgrade", "websocket");
			throw new GatewayError("bad_request", "this is a WebSocket: send Upgrade: websocket");
		},
		wsHandler: (socket) => void new Conversation(socket, provider, times),
	});
}
