import type { FastifyInstance } from "fastify";
import type { RunFeed } from "../runs/run-feed.js";
import { sendEventStream } from "../sse.js";

/** GET /v1/events: what happens to all runs, for as long as the client listens. */
export async function eventsRoutes(app: FastifyInstance, { feed }: { readonly feed: RunFeed }): Promise<void> {
	app.get("/v1/events", { exposeHeadRoute: false }, (request, reply) => {
		const lastSeen = request.headers["last-event-id"];
		const id = typeof lastSeen === "string" && /^\d{1,15}$/.test(lastSeen) ? Number(lastSeen) : undefined;
		sendEventStream(reply, feed.open(id));
	});
}
