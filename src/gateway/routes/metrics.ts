import type { FastifyInstance } from "fastify";
import { Gauge } from "prom-client";
import { serviceName, serviceVersion } from "../service.js";

/** GET /metrics: Prometheus text format 0.0.4, read from the registry on every call. */
export async function metricsRoutes(app: FastifyInstance): Promise<void> {
	new Gauge({
		name: "agentzero_gateway_info",
		help: "Which gateway this is; always 1.",
		labelNames: ["service", "version"],
		registers: [app.metrics],
	}).set({ service: serviceName, version: serviceVersion }, 1);

	app.get("/metrics", { config: { probe: true } }, async (_, reply) => {
		reply.type(app.metrics.contentType);
		return app.metrics.metrics();
	});
}
