import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { buildApp } from "#src/gateway/app.js";
import { type GatewayConfig, resolveConfig } from "#src/gateway/config.js";
import { layerNames } from "./names.js";

const base = resolveConfig({ auth: false, log: "none", rateLimitMax: "0" }, {}).config;

let app: FastifyInstance;
afterEach(() => app.close());

const ping = (message: string) => app.inject({ method: "POST", url: "/v1/ping", payload: { message } });

describe("body-limit", () => {
	const config: GatewayConfig = { ...base, maxBodyBytes: 1000 };

	it("holds at the configured size", async () => {
		app = await buildApp(config);
		const frame = JSON.stringify({ message: "" }).length;
		expect((await ping("x".repeat(1000 - frame))).statusCode).toBe(200);
		expect((await ping("x".repeat(1001 - frame))).statusCode).toBe(413);
	});

	it("left out, leaves 1 MiB", async () => {
		app = await buildApp({ ...config, layers: layerNames.filter((name) => name !== "body-limit") });
		expect((await ping("x".repeat(100_000))).statusCode).toBe(200);
		expect((await ping("x".repeat(1_048_576))).statusCode).toBe(413);
	});
});

describe("under-pressure", () => {
	it("refuses work while the event loop is late, but answers whoever asks how it is", async () => {
		app = await buildApp({ ...base, maxEventLoopDelayMs: 20 });
		expect((await ping("calm")).statusCode).toBe(200);
		// The plugin looks once a second; in all that time every turn takes 60 ms.
		for (let turn = 0; turn < 100 && !app.isUnderPressure(); turn++) {
			block(60);
			await new Promise((resolve) => setTimeout(resolve, 1));
		}
		const refused = await ping("late");
		expect(refused.statusCode).toBe(503);
		expect(refused.json().error.type).toBe("agent_unavailable");
		expect(refused.headers["retry-after"]).toBe("10");

		expect((await app.inject("/health/live")).json()).toEqual({ alive: true });
		expect((await app.inject("/metrics")).statusCode).toBe(200);
		const ready = await app.inject("/health/ready");
		expect(ready.statusCode).toBe(503);
		expect(ready.json()).toEqual({ ready: false, checks_failed: ["event_loop"] });
	});
});

function block(durationMs: number): void {
	const end = performance.now() + durationMs;
	while (performance.now() < end);
}
