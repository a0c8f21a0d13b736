import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { buildApp } from "#src/gateway/app.js";
import { resolveConfig } from "#src/gateway/config.js";
import { identityOf } from "./rate-limit.js";

let app: FastifyInstance;
afterEach(() => app.close());

async function build(max: number, perIdentity: number): Promise<void> {
	const { config } = resolveConfig({ auth: false, log: "none" }, {});
	app = await buildApp({ ...config, rateLimit: { max, perIdentity, windowSecs: 60 } });
}

const call = (authorization?: string, url = "/health") =>
	app.inject({ url, headers: authorization === undefined ? {} : { authorization } });

it("counts down over all clients, then refuses and says when to come back", async () => {
	await build(2, 0);
	const first = await call();
	expect(first.statusCode).toBe(200);
	expect(first.headers).toMatchObject({ "x-ratelimit-limit": "2", "x-ratelimit-remaining": "1" });
	expect(first.headers).not.toHaveProperty("retry-after");
	expect((await call("Bearer other", "/nowhere")).headers).toMatchObject({ "x-ratelimit-remaining": "0" });

	const refused = await call("Bearer third");
	expect(refused.statusCode).toBe(429);
	expect(refused.json()).toEqual({ error: { type: "rate_limited", message: expect.stringMatching(/again in \d+ s/) } });
	expect(refused.headers).toMatchObject({ "x-ratelimit-limit": "2", "x-ratelimit-remaining": "0" });
	for (const header of ["x-ratelimit-reset", "retry-after"]) {
		const seconds = Number(refused.headers[header]);
		expect(seconds, header).toBeGreaterThan(0);
		expect(seconds, header).toBeLessThanOrEqual(60);
	}
});

it("starts again when the window is over", async () => {
	const { config } = resolveConfig({ auth: false, log: "none" }, {});
	app = await buildApp({ ...config, rateLimit: { max: 1, perIdentity: 0, windowSecs: 1 } });
	expect((await call()).statusCode).toBe(200);
	expect((await call()).statusCode).toBe(429);
	await new Promise((resolve) => setTimeout(resolve, 1_050));
	expect((await call()).statusCode).toBe(200);
});

it("counts each identity apart", async () => {
	await build(0, 1);
	for (const who of ["Bearer az_0123456789abcX", "Bearer az_another", "Bearer anything", undefined]) {
		expect((await call(who)).statusCode, who).toBe(200);
	}
	// The same first 16 characters are the same key; other tokens are all one identity.
	for (const who of ["Bearer az_0123456789abcY", "Bearer something", undefined]) {
		expect((await call(who)).statusCode, who).toBe(429);
	}
});

it("does not let a refused identity use up what all share, and shows the limit that is nearer", async () => {
	await build(3, 1);
	expect((await call("Bearer az_noisy")).headers).toMatchObject({ "x-ratelimit-limit": "1" });
	for (let i = 0; i < 5; i++) expect((await call("Bearer az_noisy")).statusCode).toBe(429);
	expect((await call("Bearer az_second")).statusCode).toBe(200);
	expect((await call("Bearer az_third")).statusCode).toBe(200);
	expect((await call("Bearer az_fourth")).headers).toMatchObject({ "x-ratelimit-limit": "3" });
});

describe("identities", () => {
	it.each([
		["Bearer az_0123456789abcdef", "key:az_0123456789abc"],
		["bearer az_1", "key:az_1"],
		["Bearer sk-123", "bearer"],
		["Basic az_0123", "_anonymous"],
		["", "_anonymous"],
		[undefined, "_anonymous"],
	])("%s is %s", async (authorization, identity) => {
		expect(identityOf({ headers: { authorization } })).toBe(identity);
	});
});
