import { describe, expect, it } from "vitest";
import type { Difference } from "#src/model/diagnosis.js";
import { runRecordSchema } from "#src/model/run.js";
import type { Disturbance } from "../../test/support/simulated-world/steps.js";
import { design, tellDiagnose } from "../../test/support/simulated-world/stories.js";
import type { TargetTruth } from "../../test/support/simulated-world/target.js";
import { SimulatedWorld, type Truth } from "../../test/support/simulated-world/world.js";

const lines = (id: string, from: number, commit = `commit ${id}`): Difference => ({
	...{ kind: "lines", id, file: "server.js", baseFile: "server.js", removed: ["old"], added: ["new"] },
	...{ base: { from, lines: 1 }, head: { from, lines: 1 } },
	commits: [{ commit, subject: `Change ${id}`, committedAt: "2026-01-01T00:00:00.000Z" }],
});

/** Of a head without these; those that are still in it. */
const withoutIds = (cwd: string): string[] | null =>
	cwd.startsWith("/code/head")
		? cwd
				.replace(/^\/code\/head( without )?/, "")
				.split(" ")
				.filter(Boolean)
		: null;

/** What head is, by what was taken back of it. */
const worldOf = (
	head: (without: readonly string[]) => Partial<TargetTruth>,
	truth: Partial<Truth> = {},
	base: Partial<TargetTruth> = {},
) =>
	new SimulatedWorld({
		processSd: 0.005,
		...truth,
		target: ({ spec }) => {
			const without = spec.kind === "command" ? withoutIds(spec.cwd) : null;
			return without === null ? base : head(without);
		},
	});

const dearer = { cpuNs: 23_000 };

describe("a diagnosis", () => {
	it("of two equal sides ends with the verdict", async () => {
		const world = worldOf(() => ({}), { differences: [lines("1", 10)] });
		const { record, failure } = await tellDiagnose(world);
		expect(failure).toBeNull();
		expect(record.comparison?.verdict).toBe("no change");
		expect(record.diagnosis).toMatchObject({ ending: "nothing to explain", suspects: [], trials: [] });
		expect(record.profiles).toEqual([]);
	});

	it("takes the cause back, and the regression goes", async () => {
		const world = worldOf((without) => (without.includes("2") ? {} : dearer), {
			differences: [lines("1", 10), lines("2", 20)],
		});
		const { record, failure } = await tellDiagnose(world);
		expect(failure).toBeNull();
		const { diagnosis } = record;
		expect(diagnosis).toMatchObject({ ending: "proved", culprits: ["2"], metric: "cpu" });
		const proof = diagnosis.trials.findLast(({ aim, outcome }) => aim === "proof" && outcome === "proved");
		const [cpu] = proof?.takenBack ?? [];
		expect(cpu?.share).toBeGreaterThan(0.85);
		expect(cpu?.low).toBeGreaterThan(0.25);
		expect(cpu?.low).toBeLessThan(1);
		expect(cpu?.high).toBeGreaterThan(1);
		expect(record.measurements.map(({ variant }) => variant)).toContain("head without 2");
		expect(record.profiles.map(({ id }) => id)).toEqual(["base v8", "head v8"]);
		expect(world.worktrees).toBe(0);
	});

	it("explains an improvement in the same way", async () => {
		const world = worldOf((without) => (without.includes("1") ? {} : { cpuNs: 16_000 }), {
			differences: [lines("1", 10)],
		});
		const { record } = await tellDiagnose(world);
		expect(record.comparison?.verdict).toBe("improved");
		expect(record.diagnosis).toMatchObject({ ending: "proved", culprits: ["1"] });
	});

	it("tries the function in lines that changed first", async () => {
		const others = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`f${index}`, 400 + 20 * index]));
		const differences = Array.from({ length: 12 }, (_, index) => lines(String(index + 1), 10 * index + 12));
		const functions = { ...others, f7: 4_000 };
		const { record } = await tellDiagnose(
			worldOf(
				(without) => (without.includes("8") ? { functions: others } : { functions, ...dearer }),
				{ differences },
				{ functions: others },
			),
		);
		expect(record.diagnosis.suspects[0]).toMatchObject({ difference: { id: "8" }, because: "owns" });
		expect(record.diagnosis.trials).toHaveLength(1);
		expect(record.diagnosis).toMatchObject({ ending: "proved", culprits: ["8"] });
	});

	it("goes on to the next where the first is not it, and finds one of sixteen by halves", async () => {
		const differences = Array.from({ length: 16 }, (_, index) => lines(String(index + 1), 10 * index));
		const world = worldOf((without) => (without.includes("13") ? {} : dearer), { differences });
		const { record } = await tellDiagnose(world);
		expect(record.diagnosis).toMatchObject({ ending: "proved", culprits: ["13"] });
		expect(record.diagnosis.trials.length).toBeLessThanOrEqual(6);
	});

	it("takes two back together where each is a part", async () => {
		const differences = [lines("1", 10), lines("2", 20), lines("3", 30)];
		// A tenth of it comes from elsewhere.
		const parts = (without: readonly string[]) => ["2", "3"].filter((id) => !without.includes(id)).length;
		const world = worldOf((without) => ({ cpuNs: 20_350 + 1_600 * parts(without) }), { differences });
		const { record } = await tellDiagnose(world);
		expect(record.diagnosis.ending).toBe("proved");
		expect(record.diagnosis.culprits).toEqual(expect.arrayContaining(["2", "3"]));
	});

	it("says what could not be taken back alone, and takes back all of its commit", async () => {
		const differences = [lines("1", 10, "same"), lines("2", 20, "same"), lines("3", 30)];
		const world = worldOf(
			(without) => {
				if (without.includes("1") !== without.includes("2")) return { diesAt: "start" };
				return without.includes("1") ? {} : dearer;
			},
			{ differences },
		);
		const { record, failure } = await tellDiagnose(world);
		expect(failure).toBeNull();
		expect(record.diagnosis).toMatchObject({ ending: "proved", culprits: ["1", "2"] });
		expect(record.diagnosis.trials.map(({ outcome }) => outcome)).toContain("not started");
	});

	it("ends without a proof where nothing it can take back is the cause", async () => {
		const world = worldOf(() => dearer, { differences: [lines("1", 10), lines("2", 20)], bound: ["2"] });
		const { record, failure } = await tellDiagnose(world);
		expect(failure).toBeNull();
		expect(record.diagnosis).toMatchObject({ ending: "not proved", culprits: [] });
		const outcomes = record.diagnosis.trials.map(({ without, outcome }) => [without.join(), outcome]);
		expect(outcomes).toEqual(
			expect.arrayContaining([
				["1", "refuted"],
				["2", "not applied"],
			]),
		);
	});

	it("says so where nothing is known to differ", async () => {
		const { record } = await tellDiagnose(worldOf(() => dearer));
		expect(record.diagnosis).toMatchObject({ ending: "nothing differs", trials: [] });
	});

	it.each(["warm-up", "window"] as const)("goes on where head without it dies in its %s", async (diesAt) => {
		const world = worldOf((without) => (without.includes("1") ? { diesAt } : without.includes("2") ? {} : dearer), {
			differences: [lines("1", 10), lines("2", 20)],
		});
		const { record, failure } = await tellDiagnose(world);
		expect(failure).toBeNull();
		expect(record.diagnosis).toMatchObject({ ending: "proved", culprits: ["2"] });
		expect(record.diagnosis.trials[0]).toMatchObject({
			outcome: "not started",
			reason: expect.stringMatching(/^head without 1/),
		});
	});

	it("fails where base dies in a rotation, with what was measured before", async () => {
		const world = new SimulatedWorld({
			differences: [lines("1", 10)],
			target: ({ spec, index }) => ({
				...(spec.kind === "command" && spec.cwd === "/code/head" ? dearer : {}),
				...(index > 14 && spec.kind === "command" && spec.cwd === "/code/base" ? { diesAt: "window" as const } : {}),
			}),
		});
		const { record, failure } = await tellDiagnose(world);
		expect(failure).toMatchObject({ code: "TARGET_DIED", what: expect.stringMatching(/^base/) });
		expect(record.comparison?.verdict).toBe("regressed");
		expect(record.diagnosis.ending).toBeNull();
	});

	it("keeps to its time", async () => {
		const differences = Array.from({ length: 64 }, (_, index) => lines(String(index + 1), 10 * index));
		const world = worldOf(() => dearer, { differences });
		const { record } = await tellDiagnose(world, { withinMs: 30_000 });
		expect(record.diagnosis.ending).toBe("time");
		expect(world.now()).toBeLessThan(33_000);
	});
});

describe("a diagnosis that is disturbed", () => {
	/** A verdict after few sets, a suspect that is not it, one that is, then profiles. */
	const told = async (disturbance: Disturbance | null) => {
		const world = new SimulatedWorld(
			{
				differences: [lines("1", 10), lines("2", 20)],
				target: ({ spec }) => {
					const without = spec.kind === "command" ? withoutIds(spec.cwd) : null;
					return without === null || without.includes("2") ? {} : { ...dearer, cpuNs: 60_000 };
				},
				processSd: 0,
			},
			disturbance,
		);
		const outcome = await tellDiagnose(world, { design: { ...design, setMs: 100, firstLook: 2 } });
		return { world, ...outcome };
	};
	/** Every one of them is told in tens of milliseconds, so not all are. */
	const STRIDE = 23;

	it.each(["interrupt", "death"] as const)("by %s leaves nothing behind and keeps what was measured", async (what) => {
		const whole = await told(null);
		expect(whole.record.diagnosis).toMatchObject({ ending: "proved", culprits: ["2"] });
		expect(runRecordSchema.parse(whole.record)).toEqual(whole.record);
		const stages = new Set<string>();
		for (let at = 1; at <= whole.world.steps.calls.length - 2; at += STRIDE) {
			const { world, record, failure } = await told({ at, what });
			const step = `${what} at call ${at}, ${whole.world.steps.calls[at - 1]}`;
			if (what === "interrupt") expect(failure, step).toMatchObject({ code: "INTERRUPTED" });
			expect(
				world.targets.filter(({ wasEnded }) => !wasEnded),
				step,
			).toEqual([]);
			expect({ open: world.sidesAreOpen, worktrees: world.worktrees }, step).toEqual({ open: false, worktrees: 0 });
			expect(
				world.generators.every(({ isClosed }) => isClosed),
				step,
			).toBe(true);
			runRecordSchema.parse(record);
			const { comparison, diagnosis } = record;
			stages.add(diagnosis.trials.length > 0 ? "proof" : comparison === null ? "start" : "verdict");
			// A verdict that was reached is kept, whatever comes behind.
			if (diagnosis.trials.length > 0) expect(comparison?.verdict, step).toBe("regressed");
		}
		expect([...stages]).toEqual(expect.arrayContaining(["verdict", "proof"]));
	});
});
