import fastifyRateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { bearerToken, type TokenCarrier } from "../bearer-token.js";
import { GatewayError } from "../errors.js";
import { defineLayer } from "./layer.js";

/** One limit over everybody and one for each identity, counted in fixed windows; 0 turns either off. */
export const rateLimit = defineLayer(
	"rate-limit",
	async (app, { rateLimit: { max, perIdentity, windowSecs } }) => {
		// The plugin's own hook would run after those of all other layers, since it attaches to each route.
		await app.register(fastifyRateLimit, { global: false });
		const timeWindow = windowSecs * 1000;
		// The identity comes first: what it is refused does not use up the limit that all share.
		const limits: Limit[] = [];
		if (perIdentity > 0) limits.push(app.createRateLimit({ max: perIdentity, timeWindow, keyGenerator: identityOf }));
		if (max > 0) limits.push(app.createRateLimit({ max, timeWindow, keyGenerator: () => "everybody" }));
		app.addHook("onRequest", (request, reply) => countRequest(limits, request, reply));
	},
	({ rateLimit: { max, perIdentity } }) =>
		max === 0 && perIdentity === 0 ? "rate_limit_max and rate_limit_per_identity are 0" : undefined,
);

type Limit = ReturnType<FastifyInstance["createRateLimit"]>;
type Count = Extract<Awaited<ReturnType<Limit>>, { isAllowed: false }>;

async function countRequest(limits: readonly Limit[], request: FastifyRequest, reply: FastifyReply): Promise<void> {
	let tightest: Count | undefined;
	for (const limit of limits) {
		const count = await limit(request);
		if (count.isAllowed) continue;
		if (tightest === undefined || count.isExceeded || count.remaining < tightest.remaining) tightest = count;
		if (count.isExceeded) break;
	}
	if (tightest === undefined) return;
	reply.header("x-ratelimit-limit", tightest.max);
	reply.header("x-ratelimit-remaining", tightest.remaining);
	reply.header("x-ratelimit-reset", tightest.ttlInSeconds);
	if (!tightest.isExceeded) return;
	reply.header("retry-after", tightest.ttlInSeconds);
	throw new GatewayError("rate_limited", `too many requests: try again in ${tightest.ttlInSeconds} s`);
}

/** Whose request this claims to be. Nobody has checked the token yet, so only a prefix of it is kept. */
export function identityOf(request: TokenCarrier): string {
	const token = bearerToken(request);
	if (token === undefined) return "_anonymous";
	return token.startsWith("az_") ? `key:${token.slice(0, 16)}` : "bearer";
}
