import type { Finding } from "#src/model/finding.js";
import type { Window } from "#src/model/measurement.js";
import type { ProfileRecord } from "#src/model/profile.js";
import type { AnyRun, RunCommand, RunOf } from "#src/model/run.js";

/** What a run of a command finds: all of its record that is not common to all runs. */
export type Found<Command extends RunCommand> = Omit<RunOf<Command>, Exclude<keyof AnyRun, "findings"> | "command">;

/** The lists of it, which grow. */
type Lists<Parts> = {
	readonly [Key in keyof Parts as Parts[Key] extends readonly unknown[] ? Key : never]?: Parts[Key];
};

/** What a step has found, handed over at once, so that it is kept whatever comes after. */
export interface Evidence {
	readonly measurements?: readonly Window[];
	readonly profiles?: readonly ProfileRecord[];
	readonly findings?: readonly Finding[];
}
export type KeepEvidence = (part: Evidence) => void;

/**
 * What a run has found so far. The story of a command puts it together from what its steps return and hand over; the run saves it
 * after every change.
 */
export class Ledger<Command extends RunCommand> {
	#now: Found<Command>;
	readonly #changed: () => void;

	constructor(first: Found<Command>, changed: () => void) {
		this.#now = first;
		this.#changed = changed;
	}

	get now(): Found<Command> {
		return this.#now;
	}

	/** Puts parts in the place of earlier ones. */
	readonly keep = (parts: Partial<Found<Command>>): void => {
		this.#now = { ...this.#now, ...parts };
		this.#changed();
	};

	/** Adds to lists. */
	readonly append = (lists: Lists<Found<Command>>): void => {
		const longer = Object.entries(lists as Record<string, readonly unknown[]>).map(([key, more]) => [
			key,
			[...(this.#now[key as keyof Found<Command>] as readonly unknown[]), ...more],
		]);
		this.keep(Object.fromEntries(longer) as Partial<Found<Command>>);
	};

	/** The last word, which is not saved by itself. */
	conclude(findings: readonly Finding[]): void {
		this.#now = { ...this.#now, findings: [...this.#now.findings, ...findings] };
	}
}
