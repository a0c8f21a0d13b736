import type { LoadOrder } from "#src/load/order/order.js";
import { RequestSource } from "#src/load/requests/request-source.js";
import { AgentClient } from "./agent/agent-client.js";
import type { Client, ClientShared } from "./client.js";
import { HttpClient } from "./http/http-client.js";
import { SseClient } from "./sse/sse-client.js";
import { MessageSource } from "./websocket/message-source.js";
import { WebSocketClient } from "./websocket/websocket-client.js";

/** Makes one more client of a load. */
export type ClientMaker = (shared: ClientShared) => Client;

/** What clients of this order do: a folder a harness. */
export function clientMaker(order: LoadOrder): ClientMaker {
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
