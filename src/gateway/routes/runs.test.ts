import { type FastifyInstance, fastify } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { buildApp } from "#src/gateway/app.js";
import { RunStore } from "#src/gateway/runs/run-store.js";
import {
	eventsOf,
	gatewayConfig,
	heldProvider,
	listen,
	providerMsOf,
	until,
} from "../../../test/fixtures/running-gateway.js";
import { runsRoutes } from "./runs.js";

let app: FastifyInstance;
afterEach(() => app.close());

const SLOW = ["--provider", "latency", "--provider-first-token-ms", "40", "--provider-token-ms", "0"];
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

async function create(): Promise<string> {
	const created = await app.inject({ method: "POST", url: "/v1/runs", payload: { message: "hi" } });
	return created.json().id;
}

async function finished(id: string) {
	const get = () => app.inject(`/v1/runs/${id}`);
	await until(async () => "finished_at" in (await get()).json());
	return get();
}

it("is created at once and has a result later", async () => {
	app = await buildApp(gatewayConfig(["--provider-tokens", "2"]));
	const created = await app.inject({ method: "POST", url: "/v1/runs", payload: { message: "hi" } });
	expect(created.statusCode).toBe(201);
	const { id } = created.json();
	expect(created.json()).toEqual({
		id: expect.stringMatching(/^run_[0-9a-f-]{36}$/),
		status: "created",
		created_at: instant,
	});
	expect(created.headers.location).toBe(`/v1/runs/${id}`);

	const answer = await finished(id);
	expect(answer.json()).toEqual({
		id,
		status: "completed",
		created_at: instant,
		started_at: instant,
		finished_at: instant,
		result: { message: "a gateway", tokens_used_estimate: 1 + 3 },
		provider_ms: expect.any(Number),
	});
	expect(providerMsOf(answer.headers["server-timing"])).toBe(answer.json().provider_ms);
});

it("says that it runs, without a time of the provider yet", async () => {
	app = await buildApp(gatewayConfig([...SLOW, "--provider-first-token-ms", "60000"]));
	const id = await create();
	await until(async () => (await app.inject(`/v1/runs/${id}`)).json().status === "running");
	const answer = await app.inject(`/v1/runs/${id}`);
	expect(answer.json()).toEqual({ id, status: "running", created_at: instant, started_at: instant });
	expect(answer.headers).not.toHaveProperty("server-timing");
});

it("fails when the provider does", async () => {
	app = await buildApp(gatewayConfig(["--provider", "failing", "--provider-fail-every", "1"]));
	const answer = await finished(await create());
	expect(answer.statusCode).toBe(200);
	expect(answer.json()).toMatchObject({
		status: "failed",
		error: { type: "agent_execution_failed", message: "the provider failed to answer" },
		provider_ms: providerMsOf(answer.headers["server-timing"]),
	});
	expect(answer.json()).not.toHaveProperty("result");
});

it.each(["/v1/runs/run_unknown", "/v1/runs/run_unknown/stream"])("knows no %s", async (url) => {
	app = await buildApp(gatewayConfig());
	const answer = await app.inject(url);
	expect([answer.statusCode, answer.json().error.type]).toEqual([404, "not_found"]);
});

it.each([[{}], [{ message: "" }], [{ message: 1 }]])("is not created from %j", async (payload) => {
	app = await buildApp(gatewayConfig());
	const answer = await app.inject({ method: "POST", url: "/v1/runs", payload });
	expect([answer.statusCode, answer.json().error.type]).toEqual([400, "bad_request"]);
});

describe("its stream", () => {
	it("tells every status and ends with the last", async () => {
		const provider = heldProvider();
		app = fastify({ forceCloseConnections: true });
		await app.register(runsRoutes, { runs: new RunStore(provider, 10, () => {}) });
		const url = await listen(app);
		const startedAt = performance.now();
		const id = await create();
		await until(() => provider.signals.length === 1);
		const stream = eventsOf(await fetch(`${url}/v1/runs/${id}/stream`));
		const events = [(await stream.next()).value];
		provider.release();
		for await (const event of stream) events.push(event);
		const elapsedMs = performance.now() - startedAt;
		expect(events.map((event) => [event.event, event.id])).toEqual([
			["status", "1"],
			["status", "2"],
		]);
		const frames = events.map(({ data }) => JSON.parse(data));
		expect(frames.map(({ status }) => status)).toEqual(["running", "completed"]);
		expect(frames[1]).toEqual((await app.inject(`/v1/runs/${id}`)).json());
		expect(frames[1].provider_ms).toBeGreaterThan(0);
		expect(frames[1].provider_ms).toBeLessThanOrEqual(elapsedMs);
	});

	it("has one frame when the run is over", async () => {
		app = await buildApp(gatewayConfig());
		const id = await create();
		const body = (await finished(id)).json();
		const stream = await app.inject(`/v1/runs/${id}/stream`);
		expect(stream.headers["content-type"]).toBe("text/event-stream");
		expect(stream.body).toBe(`id: 2\nevent: status\ndata: ${JSON.stringify(body)}\n\n`);
	});

	it("may be left: the run goes on", async () => {
		app = await buildApp(gatewayConfig(SLOW));
		const url = await listen(app);
		const id = await create();
		const leaving = new AbortController();
		const stream = eventsOf(await fetch(`${url}/v1/runs/${id}/stream`, { signal: leaving.signal }));
		await stream.next();
		leaving.abort();
		expect((await finished(id)).json().status).toBe("completed");
	});
});
