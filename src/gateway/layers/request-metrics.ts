import type { Server } from "node:http";
import type {} from "@fastify/websocket";
import { Counter, Gauge, Histogram } from "prom-client";
import { errorTypeOf } from "../errors.js";
import { defineLayer } from "./layer.js";

const DURATION_BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** Counts every answered request under its route pattern; a raw URL as label would let clients fill the memory. */
export const requestMetrics = defineLayer("request-metrics", async (app) => {
	const registers = [app.metrics];
	const requests = new Counter({
		name: "agentzero_gateway_requests_total",
		help: "Answered requests.",
		labelNames: ["method", "path", "status"],
		registers,
	});
	const durations = new Histogram({
		name: "agentzero_gateway_request_duration_seconds",
		help: "Time from a request's headers to the end of its response.",
		labelNames: ["method", "path"],
		buckets: DURATION_BUCKETS_SECONDS,
		registers,
	});
	const errors = new Counter({
		name: "agentzero_gateway_errors_total",
		help: "Error responses.",
		labelNames: ["error_type"],
		registers,
	});
	const sockets = new Counter({
		name: "agentzero_gateway_ws_connections_total",
		help: "Opened WebSockets.",
		registers,
	});
	new Gauge({
		name: "agentzero_gateway_active_connections",
		help: "Open TCP connections.",
		registers,
		async collect() {
			this.set(await openConnections(app.server));
		},
	});

	app.addHook("onRoute", (route) => {
		const open = route.wsHandler;
		if (open === undefined) return;
		route.wsHandler = function (socket, request) {
			sockets.inc();
			return open.call(this, socket, request);
		};
	});
	app.addHook("onResponse", (request, reply, done) => {
		const { method } = request;
		const path = request.routeOptions.url ?? "unmatched";
		const { statusCode } = reply;
		requests.inc({ method, path, status: statusCode });
		durations.observe({ method, path }, reply.elapsedTime / 1000);
		if (statusCode >= 400) errors.inc({ error_type: errorTypeOf(statusCode) });
		done();
	});
});

function openConnections(server: Server): Promise<number> {
	return new Promise((resolve, reject) => {
		server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
	});
}
