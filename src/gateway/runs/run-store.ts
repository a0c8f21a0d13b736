import { EventEmitter } from "node:events";
import { errorBodyOf, GatewayError } from "../errors.js";
import type { Provider } from "../providers/provider.js";
import { ProviderCall } from "../providers/provider-call.js";
import { estimateTokens } from "../token-estimate.js";
import { newRun, type Run, type RunState } from "./run.js";

interface ActiveRun {
	readonly run: Run;
	readonly call: ProviderCall;
	readonly stop: AbortController;
}

/** Executes runs and remembers a bounded number of them. A run goes on whether or not anybody waits for it. */
export class RunStore {
	readonly #provider: Provider;
	readonly #limit: number;
	readonly #onChange: (run: Run) => void;
	readonly #changes = new EventEmitter().setMaxListeners(0);
	readonly #active = new Map<string, ActiveRun>();
	/** Oldest end first: a map keeps the order in which its keys came. */
	readonly #finished = new Map<string, Run>();
	#stopped = false;

	/**
	 * @param limit runs in memory; the one that has been finished for longest makes room for a new one
	 * @param onChange told of every change of every run
	 */
	constructor(provider: Provider, limit: number, onChange: (run: Run) => void) {
		this.#provider = provider;
		this.#limit = limit;
		this.#onChange = onChange;
	}

	/**
	 * A new run; its execution starts on the event loop's next turn, when the one who asked has their answer.
	 *
	 * @throws GatewayError where as many runs as may be kept are still going, or the gateway is closing
	 */
	create(message: string): Run {
		if (this.#stopped) throw shuttingDown();
		if (this.#active.size >= this.#limit) {
			throw new GatewayError("agent_unavailable", `${this.#limit} runs are going already: try again later`);
		}
		const run = newRun();
		const stop = new AbortController();
		// The message is not kept with the run: memory stays bounded however long messages are.
		const call = new ProviderCall(this.#provider, [{ role: "user", content: message }], stop.signal);
		const active = { run, call, stop };
		this.#active.set(run.id, active);
		this.#makeRoom();
		this.#onChange(run);
		setImmediate(() => void this.#execute(active, estimateTokens(message)));
		return run;
	}

	/** @throws GatewayError not_found where there is no such run, or not any more */
	get(id: string): Run {
		const run = this.#active.get(id)?.run ?? this.#finished.get(id);
		if (run === undefined) throw new GatewayError("not_found", "there is no such run, or it is no longer kept");
		return run;
	}

	/** @returns ends the watching */
	watch({ id }: Run, onChange: () => void): () => void {
		this.#changes.on(id, onChange);
		return () => void this.#changes.off(id, onChange);
	}

	/** Ends what is going. Those who wait for a run learn that it failed. */
	stop(): void {
		this.#stopped = true;
		for (const active of this.#active.values()) {
			this.#fail(active, shuttingDown());
			active.stop.abort(shuttingDown());
		}
	}

	async #execute(active: ActiveRun, promptTokens: number): Promise<void> {
		const { run, call } = active;
		if (!this.#active.has(run.id)) return;
		this.#change(run, { status: "running", startedAt: new Date() });
		try {
			const message = await call.text();
			const result = { message, tokens_used_estimate: promptTokens + estimateTokens(message) };
			this.#finish(active, (ending) => ({ status: "completed", result, ...ending }));
		} catch (error) {
			this.#fail(active, error);
		}
	}

	#fail(active: ActiveRun, error: unknown): void {
		this.#finish(active, (ending) => ({ status: "failed", ...errorBodyOf(error), ...ending }));
	}

	#finish({ run, call }: ActiveRun, endWith: (ending: Ending) => RunState): void {
		// A run that was stopped has its end already when its call comes back.
		if (!this.#active.delete(run.id)) return;
		const finishedAt = new Date();
		const startedAt = run.state.status === "running" ? run.state.startedAt : finishedAt;
		this.#finished.set(run.id, run);
		this.#change(run, endWith({ startedAt, finishedAt, providerMs: call.providerMs }));
	}

	#change(run: Run, state: RunState): void {
		run.state = state;
		this.#changes.emit(run.id);
		this.#onChange(run);
	}

	#makeRoom(): void {
		for (const oldest of this.#finished.keys()) {
			if (this.#active.size + this.#finished.size <= this.#limit) return;
			this.#finished.delete(oldest);
		}
	}
}

type Ending = Pick<Extract<RunState, { status: "completed" }>, "startedAt" | "finishedAt" | "providerMs">;

const shuttingDown = (): GatewayError => new GatewayError("agent_unavailable", "the gateway is shutting down");
