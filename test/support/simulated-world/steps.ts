import { setImmediate as nextTurn } from "node:timers/promises";
import { Interruption, KnownError } from "#src/errors.js";

/** What goes wrong at one call into the world: Ctrl-C, the death of the newest process, a disk that is full from then on. */
export interface Disturbance {
	/** Of the calls into the world, from 1. */
	readonly at: number;
	readonly what: "interrupt" | "death" | "disk full";
}

/** Every call into a simulated world, in order; at one of them something may go wrong. */
export class Steps {
	readonly calls: string[] = [];
	readonly #controller = new AbortController();
	readonly #disturbance: Disturbance | null;
	#diskIsFull = false;
	/** Kills what dies. */
	onDeath: () => void = () => {};

	constructor(disturbance: Disturbance | null) {
		this.#disturbance = disturbance;
	}

	get signal(): AbortSignal {
		return this.#controller.signal;
	}

	/** For calls that answer at once. */
	now(name: string): void {
		this.calls.push(name);
		if (this.calls.length !== this.#disturbance?.at) return;
		switch (this.#disturbance.what) {
			case "interrupt":
				this.#controller.abort(new Interruption("SIGINT"));
				return;
			case "death":
				this.onDeath();
				return;
			case "disk full":
				this.#diskIsFull = true;
		}
	}

	/** For calls that take a while: who is told of a disturbance is told before the call answers. */
	async take(name: string): Promise<void> {
		this.now(name);
		if (this.calls.length === this.#disturbance?.at) await nextTurn();
	}

	/** For calls that write. @throws KnownError RUN_FOLDER when the disk is full */
	write(name: string): void {
		this.now(name);
		if (this.#diskIsFull) throw diskFull();
	}
}

const diskFull = (): KnownError =>
	new KnownError({ code: "RUN_FOLDER", what: "cannot write to the run folder", why: "no space left on device" });
