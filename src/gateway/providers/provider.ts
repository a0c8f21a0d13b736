export interface ChatMessage {
	readonly role: string;
	readonly content: string;
}

/** The LLM behind the gateway. */
export interface Provider {
	/** How answers and GET /v1/models call it. */
	readonly name: string;
	/** False when calling it makes no sense at present. */
	readonly isReady: () => boolean;
	/**
	 * One answer, token by token, as fast as the model makes them.
	 *
	 * @param signal nobody wants the answer any more: the provider stops, and iterating throws
	 */
	readonly answer: (messages: readonly ChatMessage[], signal: AbortSignal) => AsyncIterable<string>;
}
