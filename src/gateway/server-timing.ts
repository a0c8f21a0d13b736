import type { FastifyReply } from "fastify";
import type { ProviderCall } from "./providers/provider-call.js";

/** Tells the client how much of its waiting the provider took (W3C Server Timing); the rest is the gateway's. */
export function tellProviderTime(reply: FastifyReply, providerMs: number): void {
	reply.header("server-timing", `provider;dur=${providerMs.toFixed(3)}`);
}

/** The call's whole answer. The reply says how long that took, also when it ends in an error. */
export async function wholeAnswer(call: ProviderCall, reply: FastifyReply): Promise<string> {
	try {
		return await call.text();
	} finally {
		tellProviderTime(reply, call.providerMs);
	}
}
