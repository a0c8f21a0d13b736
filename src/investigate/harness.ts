import { KnownError } from "#src/errors.js";
import type { Harness } from "#src/load/order/order.js";
import { type EndpointRequest, endpointName, isWebSocket } from "#src/target/endpoint.js";
import type { World } from "./world.js";

/** What the command line says of harnesses; the rest is seen from the endpoint's answer. */
export interface HarnessChoice {
	/** Follow what the endpoint starts until it is finished; null: an answer is an answer. */
	readonly agentLoop: { readonly follow: "poll" | "stream"; readonly pollMs: number } | null;
	/** How long a stream of events is read at most before a new one is opened. */
	readonly streamMs: number;
}

/** What is sent on a WebSocket where no body is given: what a chat of the reference gateway takes. */
const DEFAULT_MESSAGE = '{"message":"hello"}';

/**
 * What a client does at this endpoint: a WebSocket where one is asked for, an agent's loop where one is asked for, events
 * where the answer is a stream of them, else requests and whole answers.
 * @throws KnownError where the endpoint does not answer at all
 */
export async function harnessOf(
	origin: string,
	endpoint: EndpointRequest,
	choice: HarnessChoice,
	{ askEndpoint }: Pick<World, "askEndpoint">,
	signal: AbortSignal,
): Promise<Harness> {
	if (isWebSocket(endpoint)) {
		const message = endpoint.body === null ? DEFAULT_MESSAGE : new TextDecoder().decode(endpoint.body);
		return { kind: "websocket", message };
	}
	if (choice.agentLoop !== null) return { kind: "agent", ...choice.agentLoop };
	const answer = await askEndpoint(origin, endpoint, signal);
	signal.throwIfAborted();
	if (answer.kind !== "status") {
		throw new KnownError({
			code: "TARGET_SILENT",
			what: `${endpointName(endpoint)} was not answered`,
			why: answer.reason,
			fix: "see the target's log",
		});
	}
	return answer.isEventStream ? { kind: "sse", streamMs: choice.streamMs } : { kind: "http" };
}
