import fastifyCors from "@fastify/cors";
import { defineLayer } from "./layer.js";

/** Lets the configured origins call the gateway from a browser. Preflights are answered here, before any other layer. */
export const cors = defineLayer(
	"cors",
	async (app, { corsAllowedOrigins }) => {
		await app.register(fastifyCors, {
			origin: [...corsAllowedOrigins],
			exposedHeaders: [
				"x-request-id",
				"x-ratelimit-limit",
				"x-ratelimit-remaining",
				"x-ratelimit-reset",
				"retry-after",
			],
			maxAge: 600,
			// The strict mode answers in plain text; our errors are always JSON.
			strictPreflight: false,
		});
	},
	({ corsAllowedOrigins }) => (corsAllowedOrigins.length === 0 ? "cors_allowed_origins is empty" : undefined),
);
