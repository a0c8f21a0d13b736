import { AgentClient } from "./agent-client.js";
import type { Client, ClientShared } from "./client.js";
import { ClosedLoad } from "./closed-load.js";
import { HttpClient } from "./http-client.js";
import type { LoadOrder } from "./load-order.js";
import { OpenLoad } from "./open-load.js";
import type { Recording } from "./recording.js";
import { RequestSource } from "./request-source.js";
import { SseClient } from "./sse-client.js";
import { WebSocketClient } from "./websocket-client.js";
import { MessageSource } from "./websocket-messages.js";

/** A load that flows from open() to stop(). */
export interface Load {
	readonly recording: Recording;
	/**
	 * Resolves when the load flows: connections are open or have failed, at the latest after the time-out. Rejects with
	 * LoadFailed.
	 */
	open(): Promise<void>;
	stop(): Promise<void>;
}

/** Makes one more client of a load. */
export type ClientMaker = (shared: ClientShared) => Client;

/** @throws LoadFailed where there are not enough file descriptors */
export function createLoad(order: LoadOrder): Load {
	const { load } = order;
	const make = clientMaker(order);
	return load.kind === "closed" ? new ClosedLoad(order, load, make) : new OpenLoad(order, load, make);
}

/** What clients of this order do: one file a harness. */
function clientMaker(order: LoadOrder): ClientMaker {
	const requests = new RequestSource(order.request);
	const harness = order.harness ?? { kind: "http" };
	switch (harness.kind) {
		case "http":
			return (shared) => new HttpClient(shared, requests);
		case "sse":
			return (shared) => new SseClient(shared, requests, harness);
		case "websocket": {
			const messages = new MessageSource(harness.message);
			const handshakes = new RequestSource({ ...order.request, body: null });
			return (shared) => new WebSocketClient(shared, handshakes, messages);
		}
		case "agent":
			return (shared) => new AgentClient(shared, requests, harness);
	}
}

/** How often deadlines are looked at: a twentieth of the time-out, 1 to 50 ms. */
export const sweepEveryMs = (timeoutMs: number): number => Math.min(50, Math.max(1, timeoutMs / 20));
