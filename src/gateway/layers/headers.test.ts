import { gunzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApp } from "#src/gateway/app.js";
import { resolveConfig } from "#src/gateway/config.js";

let app: FastifyInstance;
beforeAll(async () => {
	const { config } = resolveConfig({ auth: true, token: ["secret"], log: "none", rateLimitMax: "1000" }, {});
	app = await buildApp({ ...config, corsAllowedOrigins: ["https://app.example", "http://localhost:3000"] });
});
afterAll(() => app.close());

const get = (headers: Record<string, string>) => app.inject({ url: "/health", headers });

describe("hsts", () => {
	it("is sent to those who came over TLS", async () => {
		expect((await get({ "x-forwarded-proto": "https" })).headers["strict-transport-security"]).toMatch(/^max-age=\d+/);
	});
	it("is not sent over plain HTTP, not by helmet either", async () => {
		expect((await get({})).headers).not.toHaveProperty("strict-transport-security");
	});
});

describe("cors", () => {
	it("names an origin that is allowed, and no other", async () => {
		const allowed = await get({ origin: "http://localhost:3000" });
		expect(allowed.headers["access-control-allow-origin"]).toBe("http://localhost:3000");
		expect((await get({ origin: "https://evil.example" })).headers).not.toHaveProperty("access-control-allow-origin");
	});
	it("answers a preflight before the token is asked for", async () => {
		const preflight = await app.inject({
			method: "OPTIONS",
			url: "/v1/ping",
			headers: {
				origin: "https://app.example",
				"access-control-request-method": "POST",
				"access-control-request-headers": "authorization",
			},
		});
		expect(preflight.statusCode).toBe(204);
		expect(preflight.headers["access-control-allow-headers"]).toBe("authorization");
		expect(preflight.headers["access-control-allow-methods"]).toContain("POST");
	});
});

describe("correlation-id", () => {
	const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
	it("takes the client's id over", async () => {
		expect((await get({ "x-request-id": "order-17" })).headers["x-request-id"]).toBe("order-17");
	});
	it.each([undefined, "", "two words", "x".repeat(129)])("makes a new one in place of %j", async (given) => {
		const ids = await Promise.all([1, 2].map(() => get(given === undefined ? {} : { "x-request-id": given })));
		const [first, second] = ids.map((answer) => String(answer.headers["x-request-id"]));
		expect(first).toMatch(uuid);
		expect(second).not.toBe(first);
	});
	it("marks errors too", async () => {
		const refused = await app.inject({ method: "POST", url: "/v1/ping", headers: { "x-request-id": "a" } });
		expect([refused.statusCode, refused.headers["x-request-id"]]).toEqual([401, "a"]);
	});
});

it("security-headers forbids documents everything", async () => {
	expect((await get({})).headers).toMatchObject({
		"content-security-policy": "default-src 'none';frame-ancestors 'none'",
		"x-content-type-options": "nosniff",
		"referrer-policy": "no-referrer",
	});
});

describe("compress", () => {
	const message = "abcdefgh".repeat(500);
	const ping = (text: string, encoding?: string) =>
		app.inject({
			method: "POST",
			url: "/v1/ping",
			payload: { message: text },
			headers: { authorization: "Bearer secret", ...(encoding === undefined ? {} : { "accept-encoding": encoding }) },
		});
	it("compresses what is large for those who ask", async () => {
		const answer = await ping(message, "gzip");
		expect(answer.headers["content-encoding"]).toBe("gzip");
		expect(JSON.parse(gunzipSync(answer.rawPayload).toString())).toEqual({ ok: true, echo: message });
	});
	it.each([
		["small", "short", "gzip"],
		["not asked for", message, undefined],
	])("leaves what is %s alone", async (_, text, encoding) => {
		const answer = await ping(text, encoding);
		expect(answer.headers).not.toHaveProperty("content-encoding");
		expect(answer.json()).toEqual({ ok: true, echo: text });
	});
});
