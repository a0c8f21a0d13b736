import { KnownError, messageOf } from "#src/errors.js";
import type { OpenRun } from "#src/investigate/open-run.js";
import { END_GRACE_MS } from "#src/investigate/process-start.js";
import type { RunPlan } from "#src/investigate/run.js";
import type { AnswerDifference } from "#src/model/answer-difference.js";
import type { Missed } from "#src/model/matrix.js";
import { type Answer, answerDifference } from "#src/target/answer.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import { askTarget } from "./ask-target.js";
import { TakingTurns } from "./shared-port.js";
import type { WithoutLayers } from "./without-layers.js";

/** What is tried: the target, its whole answer, and what may change it. */
export interface TrialsOf {
	readonly target: WithoutLayers;
	readonly whole: Answer;
	/** Ids of layers that may be left out although the answer differs then. */
	readonly allowed: ReadonlySet<string>;
}

/** Starts the target without some layers, as it would be measured, and asks once. */
export class Trials {
	readonly #run: OpenRun;
	readonly #plan: Pick<RunPlan, "say" | "signal"> & { readonly endpoint: EndpointRequest };
	readonly #of: TrialsOf;
	readonly #turns = new TakingTurns();
	/** By their ids, the answer without some layers that are all allowed to change it. */
	readonly #answers = new Map<string, Promise<Answer>>();
	readonly #differences = new Map<string, AnswerDifference>();

	constructor(
		run: OpenRun,
		plan: Pick<RunPlan, "say" | "signal"> & { readonly endpoint: EndpointRequest },
		of: TrialsOf,
	) {
		this.#run = run;
		this.#plan = plan;
		this.#of = of;
	}

	/** By the id of an allowed layer, how the answer differs without it alone; only of those that change it. */
	get differences(): ReadonlyMap<string, AnswerDifference> {
		return this.#differences;
	}

	/**
	 * What goes wrong without these layers, or null. Where some of them are allowed to change the answer, it is held against the one
	 * that is given without just those.
	 * @throws the signal's reason when it aborts
	 */
	async without(layerIds: readonly string[]): Promise<Missed | null> {
		const { signal, say } = this.#plan;
		signal.throwIfAborted();
		say(`trying without ${layerIds.length === 1 ? layerIds[0] : `${layerIds.length} layers`}`);
		const allowed = layerIds.filter((id) => this.#of.allowed.has(id));
		try {
			if (allowed.length === layerIds.length) {
				await this.#allAllowed(allowed);
				return null;
			}
			const expected = allowed.length === 0 ? this.#of.whole : await this.#answerWithout(allowed);
			const difference = answerDifference(expected, await this.#ask(layerIds));
			return difference === null ? null : { kind: "other answer", difference };
		} catch (error) {
			// A trial that was cut short says nothing of the layer.
			signal.throwIfAborted();
			return { kind: "no answer", why: error instanceof KnownError ? error.what : messageOf(error) };
		}
	}

	async #allAllowed(layerIds: readonly string[]): Promise<void> {
		const difference = answerDifference(this.#of.whole, await this.#answerWithout(layerIds));
		const [only] = layerIds;
		if (difference !== null && only !== undefined && layerIds.length === 1) this.#differences.set(only, difference);
	}

	#answerWithout(layerIds: readonly string[]): Promise<Answer> {
		const key = layerIds.join("\0");
		const known = this.#answers.get(key) ?? this.#ask(layerIds);
		this.#answers.set(key, known);
		return known;
	}

	#ask(layerIds: readonly string[]): Promise<Answer> {
		const { endpoint, signal } = this.#plan;
		return this.#turns.run(() =>
			this.#run.withTarget(
				endpoint,
				{ label: "trial", pinned: "when ready", endGraceMs: END_GRACE_MS },
				(running) => askTarget(this.#run.world, running, endpoint, signal),
				this.#of.target.without(layerIds),
			),
		);
	}
}
