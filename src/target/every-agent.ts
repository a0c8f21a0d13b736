import { messageOf } from "#src/errors.js";
import type { AgentConnection, TargetAgents } from "./target.js";

/** One thing that every isolate of a target does for a while. */
export interface Watching {
	readonly begin: string;
	readonly end: string;
	/** For both calls, of one agent. */
	params?(agent: AgentConnection): Readonly<Record<string, unknown>>;
	/** How long an isolate may take to end it. */
	readonly endTimeoutMs?: number;
}

/** What became of it in one isolate. */
export type Watched =
	| {
			readonly kind: "told";
			readonly agent: AgentConnection;
			readonly value: unknown;
			/** Whether the isolate ended by itself meanwhile; the value is then its last word. */
			readonly ended: boolean;
	  }
	/** It ended without a word. */
	| { readonly kind: "lost"; readonly agent: AgentConnection }
	/** It did not answer: its loop does not turn. */
	| { readonly kind: "silent"; readonly agent: AgentConnection; readonly why: string };

/** A loop that turns at all answers sooner, also where it shares a core with many. */
const BEGIN_TIMEOUT_MS = 5_000;

/**
 * Has every isolate of a target begin something, those too that come while it goes on, and end it together. One that does not
 * answer keeps nobody waiting a second time.
 */
export class EveryAgent {
	readonly #agents: TargetAgents;
	readonly #watching: Watching;
	/** How beginning went, by agent. */
	readonly #begun = new Map<AgentConnection, Promise<string | null>>();
	#forget: () => void = () => {};

	constructor(agents: TargetAgents, watching: Watching) {
		this.#agents = agents;
		this.#watching = watching;
	}

	/** Resolves when all that are there have begun, or could not. */
	async begin(): Promise<void> {
		this.#forget = this.#agents.onJoin((agent) => this.#beginIn(agent));
		await Promise.all(this.#agents.now().map((agent) => this.#beginIn(agent)));
	}

	/** In the order in which they began. May be called once. */
	async end(): Promise<Watched[]> {
		this.#forget();
		return Promise.all([...this.#begun].map(([agent, begun]) => this.#endIn(agent, begun)));
	}

	#beginIn(agent: AgentConnection): Promise<string | null> {
		const begun = agent.isStuck
			? Promise.resolve("it did not answer before")
			: agent
					.call(this.#watching.begin, this.#watching.params?.(agent) ?? {}, BEGIN_TIMEOUT_MS)
					.then(() => null, messageOf);
		this.#begun.set(agent, begun);
		return begun;
	}

	async #endIn(agent: AgentConnection, begun: Promise<string | null>): Promise<Watched> {
		const { end, params, endTimeoutMs } = this.#watching;
		const failure = await begun;
		if (agent.connected) {
			if (failure !== null) return { kind: "silent", agent, why: failure };
			try {
				return { kind: "told", agent, value: await agent.call(end, params?.(agent) ?? {}, endTimeoutMs), ended: false };
			} catch (error) {
				if (agent.connected) return { kind: "silent", agent, why: messageOf(error) };
			}
		}
		const value = agent.lastWords[end];
		return value === undefined ? { kind: "lost", agent } : { kind: "told", agent, value, ended: true };
	}
}
