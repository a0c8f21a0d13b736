import * as z from "zod";
import { type RunRecord, runRecordSchema } from "#src/model/run.js";
import { redact } from "#src/secrets/redact.js";

let words: ReadonlySet<string> | undefined;

/** The words of the record itself ("complete", "load", "cannot tell"): its readers go by them, so they stay, whatever the secret. */
function wordsOfRecord(): ReadonlySet<string> {
	if (words !== undefined) return words;
	const found = new Set<string>();
	collect(z.toJSONSchema(runRecordSchema, { unrepresentable: "any" }), found);
	words = found;
	return words;
}

function collect(schema: unknown, found: Set<string>): void {
	if (typeof schema !== "object" || schema === null) return;
	for (const [key, value] of Object.entries(schema)) {
		if (key === "const" && typeof value === "string") found.add(value);
		else if (key === "enum" && Array.isArray(value)) for (const each of value) found.add(String(each));
		else collect(value, found);
	}
}

/** The record without secrets, and still a record. */
export const redactRecord = <Run extends RunRecord>(record: Run, secrets: readonly string[]): Run =>
	redact(record, secrets, secrets.length === 0 ? new Set() : wordsOfRecord());
