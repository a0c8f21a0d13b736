/** What a benchmark has measured so far, in scripts/results/<name>.json. */
import { existsSync, readFileSync } from "node:fs";
import type { z } from "zod";
import { replaceFile } from "#src/store/replace-file.js";
import { inScripts } from "./processes.js";

export interface KeptResults<Results> {
	/** To be added to; `save` writes it. */
	readonly results: Results;
	save(): void;
}

/**
 * The results that are there, or `empty`. Saved after every run, so that a benchmark that is ended goes on where it was.
 * @throws where the file is not what the schema says; what the schema does not know stays in the file
 */
export function keptResults<Schema extends z.ZodType>(
	name: string,
	schema: Schema,
	empty: z.output<Schema>,
): KeptResults<z.output<Schema>> {
	const file = inScripts("results", `${name}.json`);
	const kept: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : empty;
	schema.parse(kept);
	const results = kept as z.output<Schema>;
	return { results, save: () => replaceFile(file, `${JSON.stringify(results, null, "\t")}\n`) };
}

/** Turns until there are so many runs of each. The first of all come before the second, so that a slow hour of the machine hits all. */
export function* turnsUntil<Turn>(
	wanted: number,
	turns: readonly Turn[],
	runsOf: (turn: Turn) => number,
): Generator<Turn> {
	for (let runs = 0; runs < wanted; runs++) {
		for (const turn of turns) if (runsOf(turn) <= runs) yield turn;
	}
}
