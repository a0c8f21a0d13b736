import type { Client, ClientShared } from "./client.js";
import type { Harness } from "./load-order.js";
import type { RequestSource } from "./request-source.js";

export class SseClient implements Client {
	plannedAt = 0;
	readonly since = 0;
	constructor(_shared: ClientShared, _requests: RequestSource, _harness: Extract<Harness, { kind: "sse" }>) {}
	start(): void {}
	expire(): void {}
	async stop(): Promise<void> {}
}
