import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { addressBook, executableMappings } from "#src/analyse/import/zero-x/addresses.js";
import { onLogClock, type V8LogFacts, V8LogReader } from "#src/analyse/import/zero-x/log.js";
import { type PreprocessedLog, preprocessedLogSchema } from "#src/analyse/import/zero-x/preprocessed.js";
import { type LogWindow, ticksOfWindow, type WindowTicks } from "#src/analyse/import/zero-x/ticks.js";
import { projectRoot } from "#src/process/entry-point.js";

/** A recording that scripts/record-0x-fixture.ts has made, read as the collector reads it. */
export interface Recording {
	readonly facts: V8LogFacts;
	readonly log: PreprocessedLog;
	readonly window: LogWindow;
	readonly result: WindowTicks;
	/** Where the target's memory map is not known. */
	readonly withoutMappings: () => WindowTicks;
	/** Milliseconds that the server's loops took in the window by its own clock, where it has one. */
	readonly spentMs: Readonly<Record<string, number>>;
}

export function readRecording(name: string): Recording {
	const text = (fileName: string): string => {
		const bytes = readFileSync(join(projectRoot, "profiles/fixtures/0x/6.0.0", fileName));
		return (fileName.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
	};
	const reader = new V8LogReader();
	for (const line of text(`${name}.log.gz`).split("\n")) reader.add(line);
	const facts = reader.facts();
	const log = preprocessedLogSchema.parse(JSON.parse(text(`${name}.json.gz`)));
	const recorded = JSON.parse(text(`${name}.window.json`));
	const offset = facts.clockOffsetUs ?? Number.NaN;
	const window: LogWindow = {
		fromUs: onLogClock(BigInt(recorded.fromHrtimeNs), offset),
		toUs: onLogClock(BigInt(recorded.toHrtimeNs), offset),
	};
	const mappings = executableMappings(text(`${name}.maps`));
	const read = (known: typeof mappings): WindowTicks =>
		ticksOfWindow(log, facts.ticks, window, addressBook(facts, known));
	return {
		facts,
		log,
		window,
		result: read(mappings),
		withoutMappings: () => read([]),
		spentMs: recorded.spentMs ?? {},
	};
}
