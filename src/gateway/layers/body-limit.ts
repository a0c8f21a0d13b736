import { defineLayer } from "./layer.js";

/** The configured limit on request bodies. Left out, Fastify's own 1 MiB stays. */
export const bodyLimit = defineLayer("body-limit", async (app, { maxBodyBytes }) => {
	app.addHook("onRoute", (route) => {
		route.bodyLimit ??= maxBodyBytes;
	});
});
