import { GatewayError } from "../errors.js";
import type { ChatMessage, Provider } from "./provider.js";

/** One call of the provider, and how long it kept us waiting. */
export class ProviderCall {
	readonly #provider: Provider;
	readonly #messages: readonly ChatMessage[];
	readonly #signal: AbortSignal;
	#waitedMs = 0;
	#tokens = 0;

	/** @param signal its reason is what the iteration throws once it is aborted */
	constructor(provider: Provider, messages: readonly ChatMessage[], signal: AbortSignal) {
		this.#provider = provider;
		this.#messages = messages;
		this.#signal = signal;
	}

	/**
	 * Time spent awaiting the provider so far, in milliseconds with three decimals. What the gateway does between two
	 * tokens is not in it. When the event loop is late in taking a token that is there, the gateway cannot tell, and it
	 * is.
	 */
	get providerMs(): number {
		return Math.round(this.#waitedMs * 1000) / 1000;
	}

	/** Tokens that came so far. */
	get tokenCount(): number {
		return this.#tokens;
	}

	/**
	 * The answer as it comes; to be iterated once.
	 *
	 * @throws GatewayError where the provider fails; the signal's reason once it is aborted
	 */
	async *tokens(): AsyncGenerator<string, void, undefined> {
		const answer = this.#provider.answer(this.#messages, this.#signal)[Symbol.asyncIterator]();
		let over = false;
		try {
			for (;;) {
				over = true;
				const token = await this.#next(answer);
				if (token === undefined) return;
				over = false;
				this.#tokens++;
				yield token;
			}
		} finally {
			// Whoever stops iterating early stops the provider too.
			if (!over) await answer.return?.();
		}
	}

	/** @throws what iterating the tokens throws */
	async text(): Promise<string> {
		let text = "";
		for await (const token of this.tokens()) text += token;
		return text;
	}

	async #next(answer: AsyncIterator<string>): Promise<string | undefined> {
		const askedAt = performance.now();
		try {
			const { done, value } = await answer.next();
			return done === true ? undefined : value;
		} catch (cause) {
			if (this.#signal.aborted) throw this.#signal.reason;
			throw new GatewayError("agent_execution_failed", "the provider failed to answer", { cause });
		} finally {
			this.#waitedMs += performance.now() - askedAt;
		}
	}
}
