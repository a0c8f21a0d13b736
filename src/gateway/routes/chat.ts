import type { FastifyInstance } from "fastify";
import { clientGone } from "../client-gone.js";
import { messageBody } from "../message-body.js";
import type { Provider } from "../providers/provider.js";
import { ProviderCall } from "../providers/provider-call.js";
import { wholeAnswer } from "../server-timing.js";
import { estimateTokens } from "../token-estimate.js";

interface Chat {
	readonly message: string;
}

const schema = {
	body: messageBody,
	response: {
		"2xx": {
			type: "object",
			properties: { message: { type: "string" }, tokens_used_estimate: { type: "integer" } },
		},
	},
};

/** POST /api/chat: one message to the provider, one answer. */
export async function chatRoutes(app: FastifyInstance, { provider }: { readonly provider: Provider }): Promise<void> {
	app.post<{ Body: Chat }>("/api/chat", { schema }, async (request, reply) => {
		const { message: content } = request.body;
		const call = new ProviderCall(provider, [{ role: "user", content }], clientGone(reply));
		const message = await wholeAnswer(call, reply);
		return { message, tokens_used_estimate: estimateTokens(content) + estimateTokens(message) };
	});
}
