import { hash, timingSafeEqual } from "node:crypto";
import type { GatewayConfig } from "../config.js";
import { GatewayError } from "../errors.js";
import { defineLayer } from "./layer.js";

/** Asks for `Authorization: Bearer <token>` everywhere but at probes; a path that does not exist needs no secret. */
export const auth = defineLayer(
	"auth",
	async (app, config) => {
		const isKnown = tokenCheck(tokensOf(config));
		app.addHook("onRequest", (request, _reply, done) => {
			if (request.routeOptions.config.probe === true || request.is404) return done();
			const token = bearerToken(request.headers.authorization);
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

/** The token of an Authorization header; undefined where there is none or of another scheme. */
function bearerToken(header: string | undefined): string | undefined {
	return /^bearer +(\S+) *$/i.exec(header ?? "")?.[1];
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
