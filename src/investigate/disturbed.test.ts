import { describe, expect, it } from "vitest";
import { KnownError } from "#src/errors.js";
import type { RunOutcome } from "#src/investigate/run.js";
import { runRecordSchema } from "#src/model/run.js";
import { fileNameOf } from "#src/store/file-name.js";
import { expectSame } from "../../test/support/expect-same.js";
import type { Disturbance } from "../../test/support/simulated-world/steps.js";
import { stories } from "../../test/support/simulated-world/stories.js";
import { SimulatedWorld } from "../../test/support/simulated-world/world.js";

interface Told {
	readonly world: SimulatedWorld;
	readonly outcome: RunOutcome;
}

async function told(name: string, disturbance: Disturbance | null): Promise<Told> {
	const world = new SimulatedWorld(
		{ processSd: 0, target: () => ({ cpuNs: 5_000, functions: { handle: 5_000 } }) },
		disturbance,
	);
	const outcome = await stories[name]?.(world);
	if (outcome === undefined) throw new Error(`there is no story ${name}`);
	return { world, outcome };
}

/** Whatever happens: every target is ended, the generator and the sides are closed, and the record is of its kind. */
function expectTidy({ world, outcome }: Told, step: string): void {
	expectSame(
		{
			notEnded: world.targets.filter(({ wasEnded }) => !wasEnded).map(({ start }) => start.label),
			notClosed: world.generators.filter(({ isClosed }) => !isClosed).length,
			sidesAreOpen: world.sidesAreOpen,
			first: world.saved[0]?.state,
			complete: world.saved.slice(0, -1).filter(({ state }) => state.kind !== "partial").length,
		},
		{
			notEnded: [],
			notClosed: 0,
			sidesAreOpen: false,
			first: { kind: "partial", reason: "it did not finish" },
			complete: 0,
		},
		step,
	);
	runRecordSchema.parse(outcome.record);
}

/** Windows whose histograms were written, and process sets that came to their end before that call. */
function expectKept({ world, outcome }: Told, at: number, step: string): void {
	const { record } = outcome;
	const written = world.steps.calls.flatMap((call) => /^write histograms\/(.*)\.hlog$/.exec(call)?.[1] ?? []);
	const files = record.measurements.flatMap((each) => ("hlogFile" in each ? (each.hlogFile ?? []) : []));
	// A window that was cut short at once leaves the first answer in its place, which has none.
	const ofFirst = record.measurements.flatMap((each) => ("hlogFile" in each ? [] : [fileNameOf(each.id)]));
	const kept = written.filter((name) => !ofFirst.includes(name));
	expectSame(files.toSorted(), kept.map((name) => `histograms/${name}.hlog`).toSorted(), step);
	if (!("comparison" in record)) return;
	// Both sides tell what they allocated when a set is over.
	const ends = world.steps.calls.slice(0, at - 1).filter((call) => call === "agent allocation.end").length;
	const sets = record.comparison?.sets.length ?? 0;
	const slices = record.measurements.filter(({ kind }) => kind === "slices").length;
	expectSame(
		{ knowsThem: sets >= Math.floor(ends / 2), slices },
		{ knowsThem: true, slices: sets === 0 ? 0 : 4 },
		step,
	);
}

/** The record says that it is partial, and why: by what the story failed with. */
function expectPartial({ outcome: { record, failure } }: Told, code: string, step: string): void {
	expectSame(
		{ code: failure instanceof KnownError ? failure.code : failure, state: record.state },
		{ code, state: { kind: "partial", reason: failure?.message } },
		step,
	);
}

/** The numbers of the calls that one telling makes, by name. */
const callsOf = async (name: string): Promise<readonly string[]> => (await told(name, null)).world.steps.calls;

describe.each(Object.keys(stories))("%s", (name) => {
	it("is whole where nothing goes wrong, and what was saved last is what it returns", async () => {
		const all = await told(name, null);
		expect(all.outcome.failure).toBeNull();
		expect(all.outcome.record.state.kind).toBe("complete");
		expect(all.world.saved.at(-1)).toEqual(all.outcome.record);
		// Nothing that the schema does not know.
		expect(runRecordSchema.parse(all.outcome.record)).toEqual(all.outcome.record);
		expectTidy(all, name);
		expectKept(all, Number.POSITIVE_INFINITY, name);
	});

	it("keeps what was measured, says why it is partial and leaves nothing behind, whenever Ctrl-C comes", async () => {
		const calls = await callsOf(name);
		// Then everything is measured: closing the generator and saving the record are all that is left.
		const story = calls.length - 2;
		for (let at = 1; at <= calls.length; at++) {
			const all = await told(name, { at, what: "interrupt" });
			const { failure, record } = all.outcome;
			const step = `Ctrl-C at call ${at}, ${calls[at - 1]}`;
			if (at > story) {
				expectSame(record.state.kind, "complete", step);
			} else {
				expectPartial(all, "INTERRUPTED", step);
				expectSame(/^interrupted by SIGINT/.test(failure?.message ?? ""), true, step);
			}
			expectSame(all.world.saved.at(-1), record, step);
			expectTidy(all, step);
			expectKept(all, at, step);
		}
	});

	it("ends in order whenever a process dies, partial with the reason or whole with a finding", async () => {
		const calls = await callsOf(name);
		for (let at = 1; at <= calls.length; at++) {
			const all = await told(name, { at, what: "death" });
			const { failure, record } = all.outcome;
			const step = `death at call ${at}, ${calls[at - 1]}`;
			if (failure === null) expectSame(record.state.kind, "complete", step);
			else if (failure instanceof KnownError) expectPartial(all, failure.code, step);
			else throw failure;
			expectTidy(all, step);
			expectKept(all, at, step);
		}
	});

	it("says so and leaves nothing behind whenever the disk is full", async () => {
		const calls = await callsOf(name);
		for (const [index, call] of calls.entries()) {
			if (index === 0 || !/^(write|save)/.test(call)) continue;
			const step = `disk full at call ${index + 1}, ${call}`;
			const all = await told(name, { at: index + 1, what: "disk full" });
			expectPartial(all, "RUN_FOLDER", step);
			expectTidy(all, step);
		}
	});
});
