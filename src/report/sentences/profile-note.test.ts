import { expect, it } from "vitest";
import { type ProfileNote, profileNoteSchema } from "#src/model/profile-note.js";
import { profileNote } from "./profile-note.js";

const counts = { ticks: 1_204, ambiguousTicks: 12, to0x: 800, still: 10, unnamed: 3, samples: 4_000, isolates: 4 };

/** Any note of a kind that has other fields than these would not be accepted by the schema. */
const notes = profileNoteSchema.options.map(({ shape }) =>
	profileNoteSchema.parse({
		...counts,
		kind: shape.kind.value,
		intervalUs: 1_000,
		windowUs: 10_020_000,
		taken: 9_000,
		due: 10_000,
		idle: 100,
		flags: ["--no-turbo-inlining"],
		intervalBytes: 32_768,
		nominalTicks: 10_000.4,
		busy: 8_000,
		garbageCollector: 500,
		compiling: 20,
		clients: 8,
		durationMs: 3_000,
		intervalMs: 10,
		functions: 2,
		scripts: 1,
	}),
);

it.each(notes.map((note): [string, ProfileNote] => [note.kind, note]))("the note on %s", (_, note) => {
	expect(profileNote(note)).toMatch(/^\S.{10,}[^.]$/);
	expect(profileNote(note)).not.toMatch(/undefined|NaN|\[object/);
});

it("says what a reader has to know", () => {
	expect(profileNote({ kind: "CPU sampler", intervalUs: 1_000, windowUs: 10_020_000 })).toBe(
		"one sample every 1 ms of the main thread, over 10 s; sampler running since the target's start",
	);
	expect(profileNote({ kind: "source maps", functions: 1, scripts: 2 })).toBe(
		"1 function is shown where it was written, by the source maps of 2 scripts",
	);
});
