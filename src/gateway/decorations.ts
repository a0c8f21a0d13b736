import type { FastifyInstance } from "fastify";
import { Registry } from "prom-client";

declare module "fastify" {
	interface FastifyInstance {
		/** What GET /metrics prints. Layers and routes with something to count register their metrics here. */
		readonly metrics: Registry;
		/** Named questions that GET /health/ready asks: true when that part of the gateway can take requests. */
		readonly readiness: Map<string, () => boolean>;
	}
	interface FastifyContextConfig {
		/** A probe or a scrape: answered without a token, and also when the gateway sheds load. */
		probe?: boolean;
		/** The token may come as ?token=, for clients that cannot set headers. */
		tokenInQuery?: boolean;
	}
}

/** What layers and routes share. It is always there, so that neither needs the other. */
export function decorate(app: FastifyInstance): void {
	app.decorate("metrics", new Registry());
	app.decorate("readiness", new Map<string, () => boolean>());
}
