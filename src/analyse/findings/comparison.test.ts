import { describe, expect, it } from "vitest";
import type { Comparison } from "#src/model/comparison.js";
import { findingSchema } from "#src/model/finding.js";
import { comparisonSample } from "../../../test/fixtures/report/comparison-sample.js";
import { sampleNothing } from "../../../test/fixtures/report/sample-run.js";
import { findingsOfComparison } from "./comparison.js";

const sample = comparisonSample();
const { machine } = sampleNothing().run;
const findings = (changes: Partial<Comparison>, on = machine) =>
	findingsOfComparison({ ...sample, ...changes }, on).map((each) => findingSchema.parse(each));
const codes = (changes: Partial<Comparison>) => findings(changes).map(({ code }) => code);
const sentenceOf = (code: string, changes: Partial<Comparison>, on = machine): string =>
	findings(changes, on).find((each) => each.code === code)?.sentence ?? "";

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
		expect(sentenceOf("YOUNG_GENERATION_FIXED", {})).toMatch(/64 MiB.*--as-is/);
		expect(codes({ design: { ...sample.design, semiSpaceMiB: null } })).toEqual(["AS_IS"]);
	});

	it("warns of answers that differ", () => {
		expect(sentenceOf("ANSWERS_DIFFER", { answersDiffer: "status 200 against 404." })).toMatch(
			/^The sides answer differently: status 200 against 404\. What/,
		);
	});

	it("says where a part of the difference is in few of the slices, beside what the others say", () => {
		const effects = sample.effects.map((effect) => (effect.metric === "cpu" ? { ...effect, change: 0.112 } : effect));
		const said = sentenceOf("CPU_IN_FEW_ROUNDS", { effects, typicalCpuChange: -0.004 });
		expect(said).toMatch(/takes −0\.4 % CPU per request, over all of them \+11 %/);
	});

	it("says how noisy it was and what would help", () => {
		const said = sentenceOf("TOO_NOISY", unclear);
		expect(said).toMatch(/CPU per request varies by 4\.1 % .* margin of 2 %/);
		expect(said).toContain("--within 130s");
		expect(said).toContain("--fail-on cpu=3.5%");
		expect(said).toContain("Also unclear: p50, p99.");
		expect(said).not.toContain("--as-is");
	});

	it("names what disturbed the machine, and the fixed young generation where it was left out", () => {
		const design = { ...sample.design, semiSpaceMiB: null };
		const busy = { ...machine, loadAverage1m: 9.1, stealShare: 0.051 };
		const said = sentenceOf("TOO_NOISY", { ...unclear, design }, busy);
		expect(said).toContain("load average 9.1 on 8 CPUs");
		expect(said).toContain("took 5.1 %");
		expect(said).toContain("leave out --as-is");
	});

	it("says which --within is needed where the time was over before the first look", () => {
		const few = { ...unclear, sets: sample.sets.slice(0, 3), elapsedMs: 51_000 };
		expect(codes(few)).toEqual(["FEW_SETS", "YOUNG_GENERATION_FIXED"]);
		expect(sentenceOf("FEW_SETS", few)).toMatch(/after 3 process sets.*before 6.*took 17 s.*--within 120s/);
	});

	it("leaves an interrupted run to its own reason", () => {
		expect(codes({ ...unclear, sets: sample.sets.slice(0, 3), elapsedMs: 9_600 })).toEqual(["YOUNG_GENERATION_FIXED"]);
		expect(codes({ ...unclear, sets: [], effects: [], elapsedMs: 90_000 })).toEqual(["YOUNG_GENERATION_FIXED"]);
	});

	it("warns where the permutation does not confirm a change", () => {
		const effects = sample.effects.map((each) => (each.metric === "cpu" ? { ...each, permutationP: 0.12 } : each));
		expect(sentenceOf("UNCONFIRMED", { effects })).toMatch(/CPU per request.*14 sets.*12 % of cases/);
	});
});
