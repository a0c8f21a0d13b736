import { type FastifyInstance, fastify } from "fastify";
import { afterEach, beforeEach, expect, it } from "vitest";
import { buildApp } from "#src/gateway/app.js";
import { resolveConfig } from "#src/gateway/config.js";
import { decorate } from "#src/gateway/decorations.js";
import { serviceVersion } from "#src/gateway/service.js";
import { healthRoutes } from "./health.js";

const config = resolveConfig({ auth: true, token: ["secret"], log: "none" }, {}).config;

let app: FastifyInstance;
beforeEach(async () => {
	app = await buildApp(config);
});
afterEach(() => app.close());

it("says that it is alive, without a token", async () => {
	const answer = await app.inject("/health/live");
	expect([answer.statusCode, answer.body]).toEqual([200, '{"alive":true}']);
});

it("says that it is not when the event loop took more than a second to turn", async () => {
	// Its own app: a block scheduled from a hook that runs right before the handler comes between question and answer.
	const slow = fastify();
	decorate(slow);
	slow.addHook("preHandler", (_request, _reply, done) => {
		setImmediate(() => block(1_100));
		done();
	});
	await slow.register(healthRoutes);
	const answer = await slow.inject("/health/live");
	expect([answer.statusCode, answer.body]).toEqual([503, '{"alive":false}']);
});

function block(durationMs: number): void {
	const end = performance.now() + durationMs;
	while (performance.now() < end);
}

it("names itself and its version", async () => {
	expect((await app.inject("/health")).json()).toEqual({
		status: "ok",
		service: "agentzero-gateway",
		version: serviceVersion,
	});
	expect(serviceVersion).toMatch(/^\d+\.\d+\.\d+/);
});

it("is ready as long as every check passes, and names those that fail", async () => {
	expect((await app.inject("/health/ready")).json()).toEqual({ ready: true });
	app.readiness.set("provider", () => false);
	const answer = await app.inject("/health/ready");
	expect(answer.statusCode).toBe(503);
	expect(answer.json()).toEqual({ ready: false, checks_failed: ["provider"] });
});

it("answers HEAD too, without a token", async () => {
	expect((await app.inject({ method: "HEAD", url: "/health" })).statusCode).toBe(200);
});
