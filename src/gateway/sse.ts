import type { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

export interface ServerSentEvent {
	readonly id?: number;
	/** Its name; without one clients see a "message". */
	readonly event?: string;
	/** Sent as JSON, which has no line breaks that would end the frame. */
	readonly data: unknown;
}

/** One event as it goes over the wire. */
export function eventFrame({ id, event, data }: ServerSentEvent): string {
	const head = `${id === undefined ? "" : `id: ${id}\n`}${event === undefined ? "" : `event: ${event}\n`}`;
	return `${head}data: ${JSON.stringify(data)}\n\n`;
}

/**
 * Answers with a stream of frames. Fastify destroys it when the client leaves, and stops reading it while the client
 * does not. Routes that do this have no HEAD: there the stream would be read to an end that may never come.
 */
export function sendEventStream(reply: FastifyReply, frames: Readable): FastifyReply {
	return reply
		.headers({
			"content-type": "text/event-stream",
			"cache-control": "no-store",
			// Proxies that gather small writes would keep the frames back.
			"x-accel-buffering": "no",
		})
		.send(frames);
}
