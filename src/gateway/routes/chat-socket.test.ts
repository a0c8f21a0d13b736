import { once } from "node:events";
import { type FastifyInstance, fastify } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { buildApp } from "#src/gateway/app.js";
import type { GatewayConfig } from "#src/gateway/config.js";
import { aborted, gatewayConfig, heldProvider, listen, until } from "../../../test/fixtures/running-gateway.js";
import { chatSocketRoutes } from "./chat-socket.js";

let app: FastifyInstance;
let clients: WebSocket[] = [];
afterEach(async () => {
	for (const client of clients) client.terminate();
	clients = [];
	await app.close();
});

let url: string;
async function start(config: GatewayConfig): Promise<void> {
	app = await buildApp(config);
	url = (await listen(app)).replace("http", "ws");
}

function connect(path = "/ws/chat", options: { headers?: Record<string, string>; autoPong?: boolean } = {}): WebSocket {
	const client = new WebSocket(url + path, options);
	client.on("error", () => {});
	clients.push(client);
	return client;
}

async function opened(...args: Parameters<typeof connect>): Promise<WebSocket> {
	const client = connect(...args);
	await once(client, "open");
	return client;
}

/** The next frames, parsed. */
async function frames(client: WebSocket, count: number): Promise<Record<string, unknown>[]> {
	const received: Record<string, unknown>[] = [];
	const listener = (data: Buffer) => received.push(JSON.parse(data.toString()));
	client.on("message", listener);
	await until(() => received.length >= count || client.readyState === client.CLOSED);
	client.off("message", listener);
	return received;
}

async function closeCodeOf(client: WebSocket): Promise<number> {
	const [code] = (await once(client, "close")) as [number];
	return code;
}

const ask = (message: string) => JSON.stringify({ message });

describe("a conversation", () => {
	it("answers each message, in order, and says how long the provider took", async () => {
		const delays = ["--provider-first-token-ms", "10", "--provider-token-ms", "0", "--provider-spread-percent", "0"];
		await start(gatewayConfig(["--provider", "latency", "--provider-tokens", "2", ...delays]));
		const client = await opened();
		const startedAt = performance.now();
		for (const message of ["a", "a longer one"]) client.send(ask(message));
		const answers = await frames(client, 2);
		const elapsedMs = performance.now() - startedAt;
		expect(answers).toEqual([
			{ message: "a gateway", tokens_used_estimate: 1 + 3, provider_ms: expect.any(Number) },
			{ message: "a gateway", tokens_used_estimate: 3 + 3, provider_ms: expect.any(Number) },
		]);
		const times = answers.map((answer) => Number(answer.provider_ms));
		for (const time of times) expect(time).toBeGreaterThanOrEqual(10 - 0.001);
		expect((times[0] ?? 0) + (times[1] ?? 0)).toBeLessThanOrEqual(elapsedMs);
	});

	it.each(["{", "5", "null", "[]", "{}", ask(""), ask("  "), '{"message":5}'])(
		"refuses %s and goes on",
		async (text) => {
			await start(gatewayConfig());
			const client = await opened();
			client.send(text);
			client.send(ask("hi"));
			const [refused, answered] = await frames(client, 2);
			expect(refused).toEqual({ error: { type: "bad_request", message: expect.stringContaining("message") } });
			expect(answered).toHaveProperty("provider_ms");
		},
	);

	it("tells of a provider that fails and goes on", async () => {
		await start(gatewayConfig(["--provider", "failing", "--provider-fail-every", "2"]));
		const client = await opened();
		for (const message of ["a", "b", "c"]) client.send(ask(message));
		const answers = await frames(client, 3);
		expect(answers.map((answer) => "error" in answer)).toEqual([false, true, false]);
		expect(answers[1]).toEqual({
			error: { type: "agent_execution_failed", message: "the provider failed to answer" },
			provider_ms: expect.any(Number),
		});
	});

	it("takes messages up to 2 MiB", async () => {
		await start(gatewayConfig());
		const client = await opened();
		const frame = ask("").length;
		client.send(ask("x".repeat(2 * 1024 * 1024 - frame)));
		expect((await frames(client, 1))[0]).toHaveProperty("message");
		client.send(ask("x".repeat(2 * 1024 * 1024 - frame + 1)));
		expect(await closeCodeOf(client)).toBe(1009);
	});

	it("closes with 1003 on a binary frame", async () => {
		await start(gatewayConfig());
		const client = await opened();
		client.send(Buffer.from(ask("hi")));
		expect(await closeCodeOf(client)).toBe(1003);
	});

	it("lets a bounded number of messages wait", async () => {
		await start(gatewayConfig(["--provider", "latency", "--provider-first-token-ms", "60000"]));
		const client = await opened();
		for (let i = 0; i < 20; i++) client.send(ask("hi"));
		// One is being answered, sixteen wait.
		const refused = await frames(client, 3);
		expect(refused).toHaveLength(3);
		for (const { error } of refused) expect(error).toMatchObject({ type: "rate_limited" });
	});

	it("ends when nothing is said", async () => {
		await start({ ...gatewayConfig(), conversation: { pingIntervalMs: 60_000, idleTimeoutMs: 20 } });
		expect(await closeCodeOf(connect())).toBe(1000);
	});

	it("pings, and cuts off who does not answer", async () => {
		await start({ ...gatewayConfig(), conversation: { pingIntervalMs: 150, idleTimeoutMs: 60_000 } });
		const [dead, alive] = [await opened("/ws/chat", { autoPong: false }), await opened()];
		expect(await closeCodeOf(dead)).toBe(1006);
		for (let i = 0; i < 2; i++) await once(alive, "ping");
		alive.send(ask("hi"));
		expect((await frames(alive, 1))[0]).toHaveProperty("message");
	});
});

describe("its layers", () => {
	async function statusOf(client: WebSocket): Promise<number> {
		const [, response] = await once(client, "unexpected-response");
		response.resume();
		// The gateway ends it, whatever the client does.
		await once(response.socket, "close");
		return response.statusCode;
	}

	it("ask for the token, in the header or the query", async () => {
		await start(gatewayConfig([], "secret"));
		const inHeader = { headers: { authorization: "Bearer secret" } };
		for (const client of [await opened("/ws/chat", inHeader), await opened("/ws/chat?token=secret")]) {
			client.send(ask("hi"));
			expect((await frames(client, 1))[0]).toHaveProperty("message");
		}
		expect(await statusOf(connect())).toBe(401);
		expect(await statusOf(connect("/ws/chat?token="))).toBe(401);
		expect(await statusOf(connect("/ws/chat?token=wrong"))).toBe(403);
	});

	it("count connections, opened and open", async () => {
		await start(gatewayConfig());
		const client = await opened();
		await opened();
		expect(await app.metrics.metrics()).toMatch(/^agentzero_gateway_ws_connections_total 2$/m);
		expect(await app.metrics.metrics()).toMatch(/^agentzero_gateway_active_connections 2$/m);
		client.close();
		await once(client, "close");
		await until(async () => /^agentzero_gateway_active_connections 1$/m.test(await app.metrics.metrics()));
		expect(await app.metrics.metrics()).toMatch(/^agentzero_gateway_ws_connections_total 2$/m);
	});

	it("are not asked for an upgrade anywhere else, and HTTP is not taken for one", async () => {
		await start(gatewayConfig());
		for (const path of ["/health", "/ws/chat/", "/nowhere"]) expect(await statusOf(connect(path))).toBe(400);
		const broken = { headers: { "sec-websocket-protocol": "," } };
		expect(await statusOf(connect("/ws/chat", broken))).toBe(400);
		const plain = await app.inject("/ws/chat");
		expect(plain.statusCode).toBe(400);
		expect(plain.json()).toEqual({ error: { type: "bad_request", message: expect.stringContaining("Upgrade") } });
		expect(plain.headers.upgrade).toBe("websocket");
	});
});

it("aborts the provider's call when the client leaves", async () => {
	const provider = heldProvider();
	app = fastify();
	await app.register(chatSocketRoutes, { provider, times: { pingIntervalMs: 60_000, idleTimeoutMs: 60_000 } });
	url = (await listen(app)).replace("http", "ws");
	const client = await opened();
	client.send(ask("hi"));
	await until(() => provider.signals.length === 1);
	client.terminate();
	await aborted(provider.signals[0]);
});
