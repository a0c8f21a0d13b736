import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from "fastify";
import { clientGone } from "../client-gone.js";
import { errorBodyOf } from "../errors.js";
import { filledText } from "../message-body.js";
import type { ChatMessage, Provider } from "../providers/provider.js";
import { ProviderCall } from "../providers/provider-call.js";
import { tellProviderTime, wholeAnswer } from "../server-timing.js";
import { eventFrame, sendEventStream } from "../sse.js";
import { estimateTokens } from "../token-estimate.js";

interface CompletionRequest {
	readonly messages: readonly ChatMessage[];
	readonly stream?: boolean;
}

/** What all chunks of an answer have in common. */
interface AnswerHead {
	readonly id: string;
	/** Seconds since 1970. */
	readonly created: number;
	readonly model: string;
}

/** As much of OpenAI's request as matters here; what else it holds, the model's name included, is not looked at. */
const schema = {
	body: {
		type: "object",
		required: ["messages"],
		properties: {
			stream: { type: "boolean" },
			messages: {
				type: "array",
				minItems: 1,
				items: {
					type: "object",
					required: ["role", "content"],
					properties: {
						role: { type: "string", enum: ["system", "developer", "user", "assistant", "tool"] },
						content: filledText,
					},
				},
			},
		},
	},
};

/** POST /v1/chat/completions, in OpenAI's shape: the whole answer, or with `stream: true` its tokens as they come. */
export async function completionsRoutes(
	app: FastifyInstance,
	{ provider }: { readonly provider: Provider },
): Promise<void> {
	app.post<{ Body: CompletionRequest }>("/v1/chat/completions", { schema }, async (request, reply) => {
		const { messages, stream } = request.body;
		const call = new ProviderCall(provider, messages, clientGone(reply));
		const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: provider.name };
		if (stream === true) return streamAnswer(reply, head, call, messages);
		const content = await wholeAnswer(call, reply);
		return {
			...head,
			object: "chat.completion",
			choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
			usage: usage(messages, call),
		};
	});
}

/** Headers go out with the first token, so that a provider that fails before it still gets its status. */
async function streamAnswer(
	reply: FastifyReply,
	head: AnswerHead,
	call: ProviderCall,
	messages: readonly ChatMessage[],
): Promise<FastifyReply> {
	const tokens = call.tokens();
	try {
		const first = await tokens.next();
		const content = first.done === true ? "" : first.value;
		const frames = answerFrames(head, content, tokens, call, messages, reply.log);
		return sendEventStream(reply, Readable.from(frames, { objectMode: false }));
	} catch (error) {
		tellProviderTime(reply, call.providerMs);
		throw error;
	}
}

async function* answerFrames(
	head: AnswerHead,
	first: string,
	rest: AsyncIterable<string>,
	call: ProviderCall,
	messages: readonly ChatMessage[],
	log: FastifyBaseLogger,
): AsyncGenerator<string> {
	try {
		yield chunkFrame(head, { role: "assistant", content: first });
		for await (const content of rest) yield chunkFrame(head, { content });
		yield eventFrame({
			data: { ...chunk(head, {}, "stop"), usage: usage(messages, call), provider_ms: call.providerMs },
		});
		yield "data: [DONE]\n\n";
	} catch (error) {
		// The status is out already. There is no [DONE] after an error, so nobody takes the answer for a whole one.
		log.error({ err: error }, "a streamed answer broke off");
		yield eventFrame({ data: { ...errorBodyOf(error), provider_ms: call.providerMs } });
	}
}

const chunkFrame = (head: AnswerHead, delta: object): string => eventFrame({ data: chunk(head, delta, null) });

function chunk({ id, created, model }: AnswerHead, delta: object, finishReason: "stop" | null): object {
	return {
		id,
		object: "chat.completion.chunk",
		created,
		model,
		choices: [{ index: 0, delta, finish_reason: finishReason }],
	};
}

function usage(messages: readonly ChatMessage[], { tokenCount }: ProviderCall): object {
	const promptTokens = messages.reduce((sum, { content }) => sum + estimateTokens(content), 0);
	return {
		prompt_tokens: promptTokens,
		completion_tokens: tokenCount,
		total_tokens: promptTokens + tokenCount,
	};
}
