import type { FastifyInstance } from "fastify";
import { serviceName, serviceVersion } from "../service.js";

const LATE_TURN_MS = 1000;

const health = { status: "ok", service: serviceName, version: serviceVersion };

const liveSchema = { type: "object", properties: { alive: { type: "boolean" } } };
const healthSchema = {
	type: "object",
	properties: { status: { type: "string" }, service: { type: "string" }, version: { type: "string" } },
};
const readySchema = {
	type: "object",
	properties: { ready: { type: "boolean" }, checks_failed: { type: "array", items: { type: "string" } } },
};

/** GET /health/live, /health and /health/ready. */
export async function healthRoutes(app: FastifyInstance): Promise<void> {
	const config = { probe: true };
	let closing = false;
	app.addHook("preClose", async () => {
		closing = true;
	});
	app.readiness.set("running", () => !closing);

	app.get("/health/live", { config, schema: { response: { "2xx": liveSchema, 503: liveSchema } } }, (_, reply) => {
		// The answer leaves on the event loop's next turn; that it comes is the check, and the clock says how late.
		const askedAt = performance.now();
		setImmediate(() => {
			const alive = performance.now() - askedAt <= LATE_TURN_MS;
			reply.code(alive ? 200 : 503).send({ alive });
		});
	});

	app.get("/health", { config, schema: { response: { "2xx": healthSchema } } }, (_, reply) => {
		reply.send(health);
	});

	app.get("/health/ready", { config, schema: { response: { "2xx": readySchema, 503: readySchema } } }, (_, reply) => {
		const failed = [...app.readiness].filter(([, isReady]) => !isReady()).map(([name]) => name);
		if (failed.length === 0) reply.send({ ready: true });
		else reply.code(503).send({ ready: false, checks_failed: failed });
	});
}
