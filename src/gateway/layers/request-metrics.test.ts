import { once } from "node:events";
import { connect } from "node:net";
import { type FastifyInstance, fastify } from "fastify";
import { afterEach, beforeEach, expect, it } from "vitest";
import { resolveConfig } from "#src/gateway/config.js";
import { decorate } from "#src/gateway/decorations.js";
import { answerError, answerNotFound, GatewayError } from "#src/gateway/errors.js";
import { requestMetrics } from "./request-metrics.js";

let app: FastifyInstance;
beforeEach(async () => {
	app = fastify();
	decorate(app);
	app.setErrorHandler(answerError);
	app.setNotFoundHandler(answerNotFound);
	await app.register(requestMetrics.plugin, resolveConfig({ auth: false }, {}).config);
	app.get("/things/:id", async () => "thing");
	app.get("/down", () => Promise.reject(new GatewayError("agent_unavailable", "no")));
});
afterEach(() => app.close());

it("counts under the route's pattern, never under the URL", async () => {
	for (const id of ["1", "2", "3"]) await app.inject(`/things/${id}?q=${id}`);
	for (const path of ["/a", "/b"]) await app.inject(path);
	const text = await app.metrics.metrics();
	expect(text).toContain('agentzero_gateway_requests_total{method="GET",path="/things/:id",status="200"} 3');
	expect(text).toContain('agentzero_gateway_requests_total{method="GET",path="unmatched",status="404"} 2');
	expect(text).toContain('agentzero_gateway_request_duration_seconds_count{method="GET",path="/things/:id"} 3');
	expect(text).not.toMatch(/path="\/(a|b|things\/\d)/);
});

it("counts errors by their type", async () => {
	await app.inject("/down");
	await app.inject("/nowhere");
	await app.inject("/things/1");
	const text = await app.metrics.metrics();
	expect(text).toContain('agentzero_gateway_errors_total{error_type="agent_unavailable"} 1');
	expect(text).toContain('agentzero_gateway_errors_total{error_type="not_found"} 1');
	expect(text.match(/errors_total\{/g)).toHaveLength(2);
});

it("knows how many connections are open", async () => {
	await app.listen({ host: "127.0.0.1", port: 0 });
	const address = app.server.address();
	if (typeof address !== "object" || address === null) throw new Error("no TCP address");
	const accepted = once(app.server, "connection");
	const socket = connect(address.port, "127.0.0.1");
	const [serverSide] = await accepted;
	expect(await app.metrics.metrics()).toMatch(/^agentzero_gateway_active_connections 1$/m);
	const closed = once(serverSide, "close");
	socket.destroy();
	await closed;
	expect(await app.metrics.metrics()).toMatch(/^agentzero_gateway_active_connections 0$/m);
});
