import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApp } from "#src/gateway/app.js";
import { resolveConfig } from "#src/gateway/config.js";
import { tokenCheck } from "./auth.js";

let app: FastifyInstance;
beforeAll(async () => {
	app = await buildApp(resolveConfig({ auth: true, token: ["first-token", "second-token"], log: "none" }, {}).config);
});
afterAll(() => app.close());

const ping = (authorization?: string) =>
	app.inject({
		method: "POST",
		url: "/v1/ping",
		payload: { message: "hi" },
		headers: authorization === undefined ? {} : { authorization },
	});

it.each(["Bearer first-token", "Bearer second-token", "bearer first-token"])("lets %s in", async (authorization) => {
	expect((await ping(authorization)).statusCode).toBe(200);
});

it.each([
	[undefined, 401, "auth_required"],
	["", 401, "auth_required"],
	["Basic first-token", 401, "auth_required"],
	["first-token", 401, "auth_required"],
	["Bearer ", 401, "auth_required"],
	["Bearer first-toke", 403, "auth_failed"],
	["Bearer first-token2", 403, "auth_failed"],
	["Bearer FIRST-TOKEN", 403, "auth_failed"],
])("refuses %j with %i", async (authorization, status, type) => {
	const answer = await ping(authorization);
	expect(answer.statusCode).toBe(status);
	expect(answer.json().error.type).toBe(type);
});

it.each([
	["POST", "/api/chat"],
	["POST", "/v1/chat/completions"],
	["GET", "/v1/models"],
	["POST", "/v1/runs"],
	["GET", "/v1/runs/run_1"],
	["GET", "/v1/runs/run_1/stream"],
	["GET", "/v1/events"],
	["GET", "/ws/chat"],
] as const)("asks at %s %s, and takes no token in the query of HTTP", async (method, url) => {
	expect((await app.inject({ method, url })).statusCode).toBe(401);
	const inQuery = await app.inject({ method, url: `${url}?token=first-token` });
	// The WebSocket alone takes it, and then wants to be one.
	expect(inQuery.statusCode).toBe(url === "/ws/chat" ? 400 : 401);
});

it("refuses before it reads the body", async () => {
	const answer = await app.inject({ method: "POST", url: "/v1/ping", payload: "{" });
	expect(answer.statusCode).toBe(401);
});

it.each(["/health/live", "/health", "/health/ready", "/metrics"])("does not ask at %s", async (url) => {
	expect((await app.inject(url)).statusCode).toBe(200);
});

describe("the token check", () => {
	it("knows no token when there is none", () => expect(tokenCheck([])("")).toBe(false));
	it("takes tokens of any length", () => {
		const isKnown = tokenCheck(["a", "b".repeat(500)]);
		expect([isKnown("a"), isKnown("b".repeat(500)), isKnown("b".repeat(499))]).toEqual([true, true, false]);
	});
});
