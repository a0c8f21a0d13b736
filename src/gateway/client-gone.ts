import type { FastifyReply } from "fastify";
import { GatewayError } from "./errors.js";

/**
 * Aborted when the client leaves before its answer is complete. (request.signal follows the request, whose "close" can
 * come as soon as its body is read; only the response knows.)
 */
export function clientGone({ raw }: FastifyReply): AbortSignal {
	const gone = new AbortController();
	const abort = (): void => gone.abort(new GatewayError("agent_unavailable", "the client went away"));
	if (raw.destroyed) abort();
	else {
		raw.once("close", () => {
			if (!raw.writableFinished) abort();
		});
	}
	return gone.signal;
}
