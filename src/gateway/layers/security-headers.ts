import helmet from "@fastify/helmet";
import { defineLayer } from "./layer.js";

/** Helmet's headers, for a service that only ever answers with data: no document of ours may load or frame anything. */
export const securityHeaders = defineLayer("security-headers", async (app) => {
	await app.register(helmet, {
		contentSecurityPolicy: {
			useDefaults: false,
			directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
		},
		// A layer of its own.
		strictTransportSecurity: false,
	});
});
