import { type FastifyInstance, fastify } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { buildApp } from "#src/gateway/app.js";
import { drawDelays } from "#src/gateway/providers/delays.js";
import {
	aborted,
	gatewayConfig,
	heldProvider,
	listen,
	postJson,
	providerMsOf,
	until,
} from "../../../test/fixtures/running-gateway.js";
import { chatRoutes } from "./chat.js";

let app: FastifyInstance;
afterEach(() => app.close());

const chat = (message: unknown) => app.inject({ method: "POST", url: "/api/chat", payload: { message } });

it("answers, estimates the tokens and says how long the provider took", async () => {
	app = await buildApp(gatewayConfig(["--provider-tokens", "5"]));
	const startedAt = performance.now();
	const answer = await chat("a question");
	const elapsedMs = performance.now() - startedAt;
	expect(answer.statusCode).toBe(200);
	// A quarter of 10 and of 30 characters, rounded up.
	expect(answer.json()).toEqual({ message: "a gateway stands between those", tokens_used_estimate: 3 + 8 });
	expect(providerMsOf(answer.headers["server-timing"])).toBeLessThan(elapsedMs);
});

it("reports the delays the provider has drawn, for each of the requests at the same time", async () => {
	const delays = ["--provider-first-token-ms", "20", "--provider-token-ms", "2", "--provider-tokens", "5"];
	app = await buildApp(gatewayConfig(["--provider", "latency", "--provider-seed", "9", ...delays]));
	const startedAt = performance.now();
	const answers = await Promise.all(Array.from({ length: 8 }, () => chat("hi")));
	const elapsedMs = performance.now() - startedAt;
	const reported = answers.map(({ headers }) => providerMsOf(headers["server-timing"])).sort((a, b) => a - b);
	const settings = { tokens: 5, firstTokenMs: 20, tokenMs: 2, spreadPercent: 25, seed: 9 };
	const drawn = answers.map((_, index) => drawDelays(settings, index + 1).reduce((sum, ms) => sum + ms));
	// Sorted, since which request is which call is up to the event loop.
	for (const [index, least] of drawn.sort((a, b) => a - b).entries()) {
		expect(reported[index]).toBeGreaterThanOrEqual(least - 0.001);
	}
	expect(reported.at(-1)).toBeLessThanOrEqual(elapsedMs);
});

it("tells of a provider that fails, and goes on", async () => {
	app = await buildApp(gatewayConfig(["--provider", "failing", "--provider-fail-every", "2"]));
	expect((await chat("hi")).statusCode).toBe(200);
	const failed = await chat("hi");
	expect(failed.statusCode).toBe(500);
	expect(failed.json()).toEqual({
		error: { type: "agent_execution_failed", message: "the provider failed to answer" },
	});
	providerMsOf(failed.headers["server-timing"]);
	expect((await chat("hi")).statusCode).toBe(200);
	expect((await app.inject("/health/ready")).json()).toEqual({ ready: true });
});

it("is not ready while every call fails", async () => {
	app = await buildApp(gatewayConfig(["--provider", "failing", "--provider-fail-every", "1"]));
	expect((await app.inject("/health/ready")).json()).toEqual({ ready: false, checks_failed: ["provider"] });
});

describe("refuses", () => {
	it.each([[""], [" \n"], [5], [undefined], [null], [["a"]]])("%j as a message", async (message) => {
		app = await buildApp(gatewayConfig());
		const answer = await chat(message);
		expect([answer.statusCode, answer.json().error.type]).toEqual([400, "bad_request"]);
		expect(answer.headers).not.toHaveProperty("server-timing");
	});
});

it("aborts the provider's call when the client leaves", async () => {
	const provider = heldProvider();
	app = fastify({ forceCloseConnections: true });
	await app.register(chatRoutes, { provider });
	const url = await listen(app);
	const leaving = new AbortController();
	const asked = postJson(`${url}/api/chat`, { message: "hi" }, { signal: leaving.signal });
	await until(() => provider.signals.length === 1);
	leaving.abort();
	await expect(asked).rejects.toThrow(/abort/);
	await aborted(provider.signals[0]);
	// Who stays is not hurt by it.
	const answered = postJson(`${url}/api/chat`, { message: "hi" });
	await until(() => provider.signals.length === 2);
	provider.release();
	expect(await (await answered).json()).toMatchObject({ message: "one two" });
	expect(provider.signals[1]?.aborted).toBe(false);
});
