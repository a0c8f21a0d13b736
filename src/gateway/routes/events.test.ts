import type { FastifyInstance } from "fastify";
import { afterEach, expect, it } from "vitest";
import { buildApp } from "#src/gateway/app.js";
import { eventsOf, gatewayConfig, listen } from "../../../test/fixtures/running-gateway.js";

let app: FastifyInstance;
afterEach(() => app.close());

it("tells what happens to runs, with heartbeats between and numbers without gaps", async () => {
	app = await buildApp(gatewayConfig(["--heartbeat-interval-ms", "20"]));
	const answer = await fetch(`${await listen(app)}/v1/events`);
	expect(answer.headers.get("content-type")).toBe("text/event-stream");
	const stream = eventsOf(answer);
	expect((await stream.next()).value).toMatchObject({ id: "0", event: "heartbeat" });

	const created = await app.inject({ method: "POST", url: "/v1/runs", payload: { message: "hi" } });
	const ofRun: unknown[] = [];
	const ids: number[] = [];
	let heartbeats = 0;
	while (ofRun.length < 3 || heartbeats < 3) {
		const { value } = await stream.next();
		ids.push(Number(value.id));
		if (value.event === "heartbeat") heartbeats++;
		else ofRun.push([value.event, JSON.parse(value.data)]);
	}
	expect(ids).toEqual(ids.map((_, index) => index + 1));
	const { id: run_id } = created.json();
	const at = expect.stringMatching(/Z$/);
	expect(ofRun).toEqual([
		["run.created", { run_id, status: "created", at }],
		["run.started", { run_id, status: "running", at }],
		["run.completed", { run_id, status: "completed", at, provider_ms: expect.any(Number) }],
	]);
});

it("takes up where a client has stopped", async () => {
	app = await buildApp(gatewayConfig());
	await app.inject({ method: "POST", url: "/v1/runs", payload: { message: "hi" } });
	const answer = await fetch(`${await listen(app)}/v1/events`, { headers: { "last-event-id": "1" } });
	const stream = eventsOf(answer);
	const events = [(await stream.next()).value, (await stream.next()).value];
	expect(events.map(({ id, event }) => [id, event])).toEqual([
		["2", "run.started"],
		["3", "run.completed"],
	]);
});

it("has no HEAD, which would never end", async () => {
	app = await buildApp(gatewayConfig());
	expect((await app.inject({ method: "HEAD", url: "/v1/events" })).statusCode).toBe(404);
});
