import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { defineLayer } from "./layer.js";

const ONE_YEAR = "max-age=31536000; includeSubDomains";

/** Strict-Transport-Security on what arrived over TLS, here or at a proxy in front; on plain HTTP browsers ignore it. */
export const hsts = defineLayer("hsts", async (app) => {
	app.addHook("onRequest", (request, reply, done) => {
		if (cameOverTls(request.raw)) reply.header("strict-transport-security", ONE_YEAR);
		done();
	});
});

function cameOverTls(request: IncomingMessage): boolean {
	// Anybody can send the header, and gains only a header in their own answer.
	return request.headers["x-forwarded-proto"] === "https" || request.socket instanceof TLSSocket;
}
