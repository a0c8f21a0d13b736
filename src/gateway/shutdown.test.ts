import { once } from "node:events";
import { expect, it } from "vitest";
import { WebSocket } from "ws";
import { allEventsOf, eventsOf, gatewayConfig, listen, postJson, until } from "../../test/fixtures/running-gateway.js";
import { buildApp } from "./app.js";

it("ends everything that is open: streams in good order, answers that take too long by force", async () => {
	const app = await buildApp(gatewayConfig(["--provider", "latency", "--provider-first-token-ms", "600000"]));
	const url = await listen(app);
	const feed = allEventsOf(await fetch(`${url}/v1/events`));
	const { id } = (await (await postJson(`${url}/v1/runs`, { message: "hi" })).json()) as { id: string };
	const run = allEventsOf(await fetch(`${url}/v1/runs/${id}/stream`));
	const socket = new WebSocket(`${url.replace("http", "ws")}/ws/chat`);
	await once(socket, "open");
	socket.send('{"message":"hi"}');
	const closed = once(socket, "close");
	const answer = postJson(`${url}/api/chat`, { message: "hi" }).catch((error: Error) => error);
	await until(async () => /active_connections [4-9]/.test(await app.metrics.metrics()));

	await app.close();

	expect((await feed).map(({ event }) => event)).toEqual(["heartbeat", "run.created", "run.started", "run.failed"]);
	const last = JSON.parse((await run).at(-1)?.data ?? "{}");
	expect(last).toMatchObject({ id, status: "failed", error: { type: "agent_unavailable" } });
	expect((await closed)[0]).toBe(1001);
	expect(await answer).toBeInstanceOf(Error);
});

it("cuts off a client that does not say goodbye", async () => {
	const app = await buildApp(gatewayConfig());
	const socket = new WebSocket(`${(await listen(app)).replace("http", "ws")}/ws/chat`);
	await once(socket, "open");
	// It reads nothing, so it never answers the closing handshake.
	socket.pause();
	await app.close();
	socket.terminate();
});

it("lets an answer that is nearly there come to its end", async () => {
	const delays = ["--provider-first-token-ms", "30", "--provider-token-ms", "1"];
	const app = await buildApp(gatewayConfig(["--provider", "latency", "--provider-tokens", "3", ...delays]));
	const body = { messages: [{ role: "user", content: "hi" }], stream: true };
	const stream = eventsOf(await postJson(`${await listen(app)}/v1/chat/completions`, body));
	await stream.next();
	const closed = app.close();
	let last = "";
	for await (const { data } of stream) last = data;
	expect(last).toBe("[DONE]");
	await closed;
});
