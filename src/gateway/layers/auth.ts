import { hash, timingSafeEqual } from "node:crypto";
import { bearerToken } from "../bearer-token.js";
import type { GatewayConfig } from "../config.js";
import { GatewayError } from "../errors.js";
import { defineLayer } from "./layer.js";

/** Asks for a bearer token everywhere but at probes; a path that does not exist needs no secret. */
export const auth = defineLayer(
	"auth",
	async (app, config) => {
		const isKnown = tokenCheck(tokensOf(config));
		app.addHook("onRequest", (request, _reply, done) => {
			if (request.routeOptions.config.probe === true || request.is404) return done();
			const token = bearerToken(request);
			if (token === undefined) return done(new GatewayError("auth_required", "send Authorization: Bearer <token>"));
			if (!isKnown(token)) return done(new GatewayError("auth_failed", "this token is not valid"));
			done();
		});
	},
	({ auth }) => (auth.kind === "off" ? "--no-auth was given" : undefined),
);

function tokensOf({ auth }: GatewayConfig): readonly string[] {
	return auth.kind === "tokens" ? auth.tokens : [];
}

/**
 * A check that takes the same time whatever the token: digests have one length, and all of them are compared. (The
 * tokens are long random strings; a slow password hash would only slow the gateway down.)
 */
export function tokenCheck(tokens: readonly string[]): (token: string) => boolean {
	const known = tokens.map(digest);
	return (token) => {
		const given = digest(token);
		let found = false;
		for (const expected of known) found = timingSafeEqual(expected, given) || found;
		return found;
	};
}

const digest = (token: string): Buffer => hash("sha256", token, "buffer");
