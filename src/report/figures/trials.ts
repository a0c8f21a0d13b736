import type { Suspect, TakenBack, Trial } from "#src/model/diagnosis.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { formatCount, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatShareOfChange } from "#src/report/numbers/shares.js";
import { formatTaken, withoutName } from "#src/report/sentences/diagnosis.js";

/** A trial in one metric, for tables. */
export interface TrialRow {
	/** What was taken back. */
	readonly name: string;
	readonly metric: string;
	readonly gone: string;
	readonly base: string;
	readonly head: string;
	readonly without: string;
	readonly sets: string;
	readonly outcome: Trial["outcome"];
	/** Empty where there is none. */
	readonly reason: string;
}

/** In the order they were made, each in the metric that decides. */
export const trialRows = (trials: readonly Trial[], suspects: readonly Suspect[]): TrialRow[] =>
	trials.map((trial) => rowOf(trial, trial.takenBack[0], suspects));

/** The proof in every metric that changed; empty without one. */
export function proofRows(trials: readonly Trial[], suspects: readonly Suspect[]): TrialRow[] {
	const proof = trials.findLast(({ aim, outcome }) => aim === "proof" && outcome === "proved");
	return proof === undefined ? [] : proof.takenBack.map((taken) => rowOf(proof, taken, suspects));
}

function rowOf(trial: Trial, taken: TakenBack | undefined, suspects: readonly Suspect[]): TrialRow {
	const figure = (value: number | undefined): string =>
		taken === undefined || value === undefined ? NO_FIGURE : formatTaken(taken, value);
	return {
		name: withoutName(trial, suspects),
		metric: taken === undefined ? NO_FIGURE : wordsOf(taken.metric).row,
		gone: taken?.share == null ? NO_FIGURE : formatShareOfChange(taken.share, taken.low, taken.high),
		base: figure(taken?.base),
		head: figure(taken?.head),
		without: figure(taken?.without),
		sets: taken === undefined ? NO_FIGURE : formatCount(taken.sets),
		outcome: trial.outcome,
		reason: trial.reason ?? "",
	};
}
