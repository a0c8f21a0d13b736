import { type RunRecord, runRecordSchema } from "#src/model/run.js";

/** What `--json` says of a run beside its record. */
export interface Told {
	readonly headline: string;
	/** What else was found; empty where the headline says it all. */
	readonly besides: string;
	readonly folder: string;
}

type RunOf<Command extends RunRecord["command"]> = Extract<RunRecord, { readonly command: Command }>;

/** The record that a text (run.json, the output of `--json`) holds, of the command that made it. */
export function recordOf<Command extends RunRecord["command"]>(json: string, command: Command): RunOf<Command> & Told {
	const { headline, besides = "", folder } = JSON.parse(json) as Partial<Told> & Pick<Told, "headline" | "folder">;
	const record = runRecordSchema.parse(JSON.parse(json));
	if (!isOf(record, command)) throw new TypeError(`a record of ${record.command}, not of ${command}`);
	return { ...record, headline, besides, folder };
}

const isOf = <Command extends RunRecord["command"]>(run: RunRecord, command: Command): run is RunOf<Command> =>
	run.command === command;
