import { describe, expect, it } from "vitest";
import type { Comparison } from "#src/model/comparison.js";
import { type FindingCode, findingSchema } from "#src/model/finding.js";
import { comparisonSample } from "../../../test/fixtures/report/comparison-sample.js";
import { sampleNothing } from "../../../test/fixtures/report/sample-run.js";
import { findingsOfComparison } from "./comparison.js";

const sample = comparisonSample();
const { machine } = sampleNothing().run;
const findings = (changes: Partial<Comparison>, on = machine) =>
	findingsOfComparison({ ...sample, ...changes }, on).map((each) => findingSchema.parse(each));
const codes = (changes: Partial<Comparison>) => findings(changes).map(({ code }) => code);
const figures = (code: FindingCode, changes: Partial<Comparison>, on = machine): unknown =>
	findings(changes, on).find((each) => each.code === code)?.figures;

const unclear: Partial<Comparison> = {
	verdict: "cannot tell",
	effects: sample.effects.map((effect) =>
		effect.metric === "cpu"
			? { ...effect, verdict: "cannot tell", setSd: 0.041, smallestDetectable: 0.033, secondsToDecide: 62 }
			: effect,
	),
};

describe("findings of a comparison", () => {
	it("only says how the young generation was treated where nothing is wrong", () => {
		expect(codes({})).toEqual(["YOUNG_GENERATION_FIXED"]);
		expect(figures("YOUNG_GENERATION_FIXED", {})).toEqual({ semiSpaceMiB: 64 });
		expect(codes({ design: { ...sample.design, semiSpaceMiB: null } })).toEqual(["AS_IS"]);
	});

	it("warns of answers that differ", () => {
		const difference = { kind: "status", base: 200, head: 404 } as const;
		expect(figures("ANSWERS_DIFFER", { answersDiffer: difference })).toEqual({ difference });
	});

	it("says where a part of the difference is in few of the slices, beside what the others say", () => {
		const effects = sample.effects.map((effect) => (effect.metric === "cpu" ? { ...effect, change: 0.112 } : effect));
		expect(figures("CPU_IN_FEW_ROUNDS", { effects, typicalCpuChange: -0.004 })).toEqual({
			typicalChange: -0.004,
			change: 0.112,
		});
	});

	it("says how noisy it was and what would help", () => {
		expect(figures("TOO_NOISY", unclear)).toEqual({
			metric: "cpu",
			setSd: 0.041,
			margin: 0.02,
			sets: 14,
			smallestDetectable: 0.033,
			secondsToDecide: 62,
			neededMs: 130_000,
			marginNeeded: 0.035,
			load: null,
			stealShare: null,
			youngGeneration: "fixed",
			alsoUnclear: ["p50", "p99"],
		});
	});

	it("names what disturbed the machine, and the fixed young generation where it was left out", () => {
		const design = { ...sample.design, semiSpaceMiB: null };
		const busy = { ...machine, loadAverage1m: 9.1, stealShare: 0.051 };
		expect(figures("TOO_NOISY", { ...unclear, design }, busy)).toMatchObject({
			load: { average1m: 9.1, cpus: 8 },
			stealShare: 0.051,
			youngGeneration: "as is",
		});
	});

	it("says which --within is needed where the time was over before the first look", () => {
		const few = { ...unclear, sets: sample.sets.slice(0, 3), elapsedMs: 51_000, ending: "time" } as const;
		expect(codes(few)).toEqual(["FEW_SETS", "YOUNG_GENERATION_FIXED"]);
		expect(figures("FEW_SETS", few)).toEqual({
			...{ sets: 3, firstLook: 6, setMs: 17_000, neededMs: 120_000 },
			large: { metric: "cpu", change: 0.033 },
		});
	});

	it("leaves an interrupted run to its own reason", () => {
		expect(codes({ ...unclear, sets: sample.sets.slice(0, 3), elapsedMs: 9_600, ending: null })).toEqual([
			"YOUNG_GENERATION_FIXED",
		]);
		expect(codes({ ...unclear, sets: [], effects: [], elapsedMs: 90_000 })).toEqual(["YOUNG_GENERATION_FIXED"]);
	});

	it("warns where the permutation does not confirm a change", () => {
		const effects = sample.effects.map((each) => (each.metric === "cpu" ? { ...each, permutationP: 0.12 } : each));
		expect(figures("UNCONFIRMED", { effects })).toEqual({ metric: "cpu", permutationP: 0.12, sets: 14 });
	});
});
