import { once } from "node:events";
import { connect } from "node:net";
import { type FastifyInstance, fastify } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { buildApp } from "#src/gateway/app.js";
import { compress } from "#src/gateway/layers/compress.js";
import type { Provider } from "#src/gateway/providers/provider.js";
import {
	aborted,
	allEventsOf,
	eventsOf,
	gatewayConfig,
	heldProvider,
	listen,
	postJson,
	providerMsOf,
} from "../../../test/fixtures/running-gateway.js";
import { completionsRoutes } from "./completions.js";
import { modelsRoutes } from "./models.js";

let app: FastifyInstance;
afterEach(() => app.close());

const PATH = "/v1/chat/completions";
const messages = [
	{ role: "system", content: "be short" },
	{ role: "user", content: "a question" },
];
const complete = (payload: object) => app.inject({ method: "POST", url: PATH, payload });

interface Chunk {
	readonly choices: readonly { readonly delta: { readonly content?: string }; readonly finish_reason: string | null }[];
	readonly provider_ms?: number;
	readonly error?: object;
}

const chunksOf = (events: readonly { readonly data: string }[]): Chunk[] =>
	events.filter(({ data }) => data !== "[DONE]").map(({ data }) => JSON.parse(data));
const textOf = (chunks: readonly Chunk[]): string =>
	chunks.map(({ choices }) => choices?.[0]?.delta.content ?? "").join("");

it("gives the whole answer in OpenAI's shape, and says which provider gave it", async () => {
	app = await buildApp(gatewayConfig(["--provider-tokens", "3"]));
	const answer = await complete({ model: "gpt-4o", temperature: 0.5, messages });
	expect(answer.statusCode).toBe(200);
	expect(answer.json()).toEqual({
		id: expect.stringMatching(/^chatcmpl-/),
		object: "chat.completion",
		created: expect.any(Number),
		model: "static",
		choices: [{ index: 0, message: { role: "assistant", content: "a gateway stands" }, finish_reason: "stop" }],
		usage: { prompt_tokens: 2 + 3, completion_tokens: 3, total_tokens: 8 },
	});
	providerMsOf(answer.headers["server-timing"]);
	const models = (await app.inject("/v1/models")).json();
	expect(models).toMatchObject({ object: "list", data: [{ id: "static", object: "model" }] });
});

it.each([
	["no messages", {}],
	["an empty list", { messages: [] }],
	["an empty text", { messages: [{ role: "user", content: " " }] }],
	["an unknown role", { messages: [{ role: "robot", content: "a" }] }],
	["a stream that is no boolean", { messages, stream: "yes" }],
])("refuses %s", async (_, payload) => {
	app = await buildApp(gatewayConfig());
	const answer = await complete(payload);
	expect([answer.statusCode, answer.json().error.type]).toEqual([400, "bad_request"]);
});

describe("a stream", () => {
	it("brings token by token, then usage and the provider's time, then [DONE]", async () => {
		const delays = ["--provider-first-token-ms", "10", "--provider-token-ms", "1", "--provider-spread-percent", "0"];
		app = await buildApp(gatewayConfig(["--provider", "latency", "--provider-tokens", "6", ...delays]));
		const url = await listen(app);
		const startedAt = performance.now();
		const answer = await postJson(url + PATH, { messages, stream: true });
		expect(answer.headers.get("content-type")).toBe("text/event-stream");
		expect(answer.headers.get("cache-control")).toBe("no-store");
		const events = await allEventsOf(answer);
		const elapsedMs = performance.now() - startedAt;
		expect(events.at(-1)?.data).toBe("[DONE]");
		const chunks = chunksOf(events);
		expect(chunks).toHaveLength(7);
		expect(textOf(chunks)).toBe("a gateway stands between those who");
		expect(chunks[0]).toMatchObject({
			object: "chat.completion.chunk",
			model: "latency",
			choices: [{ delta: { role: "assistant", content: "a" }, finish_reason: null }],
		});
		const last = chunks.at(-1);
		expect(last).toMatchObject({
			choices: [{ delta: {}, finish_reason: "stop" }],
			usage: { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 },
		});
		expect(last?.provider_ms).toBeGreaterThanOrEqual(15 - 0.001);
		expect(last?.provider_ms).toBeLessThanOrEqual(elapsedMs);
	});

	it("is neither compressed nor held back for those who take gzip", async () => {
		const provider = heldProvider();
		app = fastify({ forceCloseConnections: true });
		await app.register(compress.plugin, gatewayConfig());
		await app.register(completionsRoutes, { provider });
		await app.register(modelsRoutes, { provider });
		const url = await listen(app);
		const answer = await postJson(url + PATH, { messages, stream: true });
		expect(answer.headers.get("content-encoding")).toBeNull();
		const events = eventsOf(answer);
		const first = await events.next();
		expect(textOf(chunksOf([first.value]))).toBe("one");
		provider.release();
		const rest = [];
		for await (const event of events) rest.push(event);
		expect(textOf(chunksOf(rest))).toBe(" two");
	});

	it("has the status of a provider that fails before its first token", async () => {
		app = await buildApp(gatewayConfig(["--provider", "failing", "--provider-fail-every", "1"]));
		const answer = await complete({ messages, stream: true });
		expect(answer.statusCode).toBe(500);
		expect(answer.json().error.type).toBe("agent_execution_failed");
		providerMsOf(answer.headers["server-timing"]);
	});

	it("ends with an error and without [DONE] when the provider fails later", async () => {
		const failing = ["--provider", "failing", "--provider-fail-every", "1", "--provider-fail-after-tokens", "2"];
		app = await buildApp(gatewayConfig(failing));
		const answer = await postJson((await listen(app)) + PATH, { messages, stream: true });
		expect(answer.status).toBe(200);
		const events = await allEventsOf(answer);
		expect(events.map(({ data }) => data)).not.toContain("[DONE]");
		const chunks = chunksOf(events);
		expect(textOf(chunks)).toBe("a gateway");
		expect(chunks.at(-1)).toEqual({
			error: { type: "agent_execution_failed", message: "the provider failed to answer" },
			provider_ms: expect.any(Number),
		});
	});

	it("aborts the provider's call when the client leaves", async () => {
		const provider = heldProvider();
		app = fastify({ forceCloseConnections: true });
		await app.register(completionsRoutes, { provider });
		const leaving = new AbortController();
		const body = { messages, stream: true };
		const answer = await postJson((await listen(app)) + PATH, body, { signal: leaving.signal });
		expect(answer.status).toBe(200);
		leaving.abort();
		await aborted(provider.signals[0]);
	});

	it("asks the provider for no more than a slow client takes", async () => {
		let tokens = 0;
		const token = "x".repeat(64 * 1024);
		const endless: Provider = {
			name: "endless",
			isReady: () => true,
			async *answer() {
				for (; tokens < 100_000; tokens++) yield token;
			},
		};
		app = fastify({ forceCloseConnections: true });
		await app.register(completionsRoutes, { provider: endless });
		const socket = connect(Number(new URL(await listen(app)).port), "127.0.0.1");
		const body = JSON.stringify({ messages, stream: true });
		const head = `POST ${PATH} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
		socket.write(`${head}\r\n\r\n${body}`);
		await once(socket, "readable");
		let before = -1;
		while (tokens !== before) {
			before = tokens;
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		// What fits into the sockets of both sides: some MB of 6 GB.
		expect(tokens).toBeLessThan(1000);
		socket.destroy();
	});
});
