import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { buildApp } from "./app.js";
import { type GatewayConfig, resolveConfig } from "./config.js";
import { type LayerName, layerNames } from "./layers/names.js";

// Every layer has something to do, so that leaving one out is a difference.
const everything: GatewayConfig = {
	...resolveConfig({ auth: false, log: "none" }, {}).config,
	auth: { kind: "tokens", tokens: ["secret"] },
	rateLimit: { max: 1000, perIdentity: 1000, windowSecs: 60 },
	corsAllowedOrigins: ["https://app.example"],
	// First looked at after three times this: a stalled test machine must not pass for an overloaded gateway.
	maxEventLoopDelayMs: 60_000,
};

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

async function build(layers: readonly LayerName[]): Promise<FastifyInstance> {
	app = await buildApp({ ...everything, layers });
	return app;
}

/** What each layer leaves on the answer to a GET; those that leave nothing there are told apart elsewhere. */
const trace: Partial<Record<LayerName, string>> = {
	hsts: "strict-transport-security",
	cors: "access-control-allow-origin",
	"rate-limit": "x-ratelimit-limit",
	"correlation-id": "x-request-id",
	"security-headers": "content-security-policy",
};

async function expectWorkingGateway(gateway: FastifyInstance, layers: readonly LayerName[]): Promise<void> {
	const headers = { origin: "https://app.example", "x-forwarded-proto": "https" };
	const live = await gateway.inject({ url: "/health/live", headers });
	expect(live.json()).toEqual({ alive: true });
	for (const [layer, header] of Object.entries(trace)) {
		expect(live.headers[header] !== undefined, `${layer}: ${header}`).toBe(layers.includes(layer as LayerName));
	}
	expect((await gateway.inject("/health")).json()).toMatchObject({ status: "ok", service: "agentzero-gateway" });
	expect((await gateway.inject("/health/ready")).json()).toEqual({ ready: true });
	const metrics = await gateway.inject({ url: "/metrics", headers: { "accept-encoding": "identity" } });
	expect(metrics.headers["content-type"]).toContain("version=0.0.4");
	expect(metrics.body).toContain("agentzero_gateway_info{");
	expect(metrics.body.includes("agentzero_gateway_requests_total{")).toBe(layers.includes("request-metrics"));

	const ping = { method: "POST", url: "/v1/ping", payload: { message: "hi" } } as const;
	const withToken = await gateway.inject({ ...ping, headers: { authorization: "Bearer secret" } });
	expect(withToken.statusCode).toBe(200);
	expect(withToken.json()).toEqual({ ok: true, echo: "hi" });
	expect((await gateway.inject(ping)).statusCode).toBe(layers.includes("auth") ? 401 : 200);
	const nowhere = await gateway.inject("/nowhere?token=secret");
	expect(nowhere.statusCode).toBe(404);
	expect(nowhere.json()).toEqual({ error: { type: "not_found", message: "there is no GET /nowhere" } });
}

describe("any subset of the layers makes a working gateway", () => {
	it("all of them", async () => expectWorkingGateway(await build(layerNames), layerNames));
	it("none of them", async () => expectWorkingGateway(await build([]), []));
	it.each(layerNames)("only %s", async (name) => expectWorkingGateway(await build([name]), [name]));
	it.each(layerNames)("all but %s", async (name) => {
		const others = layerNames.filter((other) => other !== name);
		await expectWorkingGateway(await build(others), others);
	});
});

describe("plugins", () => {
	it("carry their layer's name, in the order of the layers", async () => {
		const registered = (await build(layerNames)).printPlugins();
		const positions = layerNames.map((name) => registered.search(new RegExp(`[─ ]${name} `)));
		expect(positions.every((position) => position >= 0)).toBe(true);
		expect(positions).toEqual([...positions].sort((a, b) => a - b));
	});

	it("are not there at all when they have nothing to do", async () => {
		app = await buildApp({
			...everything,
			auth: { kind: "off" },
			rateLimit: { max: 0, perIdentity: 0, windowSecs: 60 },
			corsAllowedOrigins: [],
			maxEventLoopDelayMs: 0,
		});
		for (const name of ["auth", "rate-limit", "cors", "under-pressure"]) expect(app.hasPlugin(name), name).toBe(false);
		expect(app.hasPlugin("hsts")).toBe(true);
	});
});
