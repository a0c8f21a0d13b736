import { AgentClient } from "#src/load/clients/agent/agent-client.js";
import type { Client, ClientShared } from "#src/load/clients/client.js";
import { HttpClient } from "#src/load/clients/http/http-client.js";
import { SseClient } from "#src/load/clients/sse/sse-client.js";
import { MessageSource } from "#src/load/clients/websocket/message-source.js";
import { WebSocketClient } from "#src/load/clients/websocket/websocket-client.js";
import type { LoadOrder } from "#src/load/order/order.js";
import { RequestSource } from "#src/load/requests/request-source.js";
import type { Recording } from "#src/load/window/recording.js";
import { ClosedLoad } from "./closed-load.js";
import { OpenLoad } from "./open-load.js";

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
