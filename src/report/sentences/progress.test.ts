import { expect, it } from "vitest";
import type { ComparingProgress, Outlook } from "#src/model/progress.js";
import { sampleCompareEqual } from "../../../test/fixtures/report/sample-comparison.js";
import { sampleMatrix } from "../../../test/fixtures/report/sample-matrix.js";
import { progressLine } from "./progress.js";

const [cpu] = (sampleCompareEqual().run.comparison?.effects ?? []).filter(({ metric }) => metric === "cpu");
if (cpu === undefined) throw new Error("the sample has no CPU");
const comparing: ComparingProgress = {
	kind: "comparing",
	set: 3,
	fittingSets: 8,
	phase: "measuring",
	effects: [{ ...cpu, change: 0.021, low: -0.01, high: 0.052, verdict: "cannot tell" }],
	verdict: "cannot tell",
	outlook: { kind: "expected", ms: 19_200 },
};

it("says what is done, what is known by now, and when there should be a verdict", () => {
	expect(progressLine("clean load on GET /")).toBe("clean load on GET /");
	expect(progressLine(comparing)).toBe("CPU +2.1 % [−1.0 … 5.2] · verdict in about 20 s · set 3 of about 8, measuring");
	expect(progressLine({ ...comparing, set: 9 })).toMatch(/ · set 9 of about 9, measuring$/);
	expect(progressLine({ ...comparing, verdict: "regressed" })).toMatch(/ · regressed, the rest is not settled · /);
});

it("says so where nothing is known yet", () => {
	const first = { ...comparing, set: 1, fittingSets: null, effects: [], phase: "warming" };
	expect(progressLine({ ...first, outlook: { kind: "at most", ms: 60_000 } })).toBe(
		"verdict within 1 min · set 1, warming",
	);
	const second = { ...comparing, effects: comparing.effects.map((each) => ({ ...each, low: null, high: null })) };
	expect(progressLine(second)).toMatch(/^CPU \+2\.1 % · /);
});

it.each<[Outlook, string]>([
	[{ kind: "at the earliest", ms: 29_000 }, "verdict in 29 s at the earliest"],
	[{ kind: "too late", leftMs: 12_100 }, "no verdict to be expected in the 13 s left"],
	[{ kind: "by time", leftMs: 12_100 }, "13 s left"],
])("has words for %o", (outlook, words) => {
	expect(progressLine({ ...comparing, outlook })).toMatch(new RegExp(` · ${words} · `));
});

it("names the layer that costs most by now", () => {
	const { matrix } = sampleMatrix().run;
	const told = { kind: "matrix", way: "absent", set: 3, blocks: 1, variants: 8, matrix, leftMs: 59_500 } as const;
	expect(progressLine(told)).toMatch(
		/^so far \S+ costs most, \+[\d.,]+ \S+.* \[.* … .*\] · about 1 min left · leaving out: set 3, 8 variants$/,
	);
	expect(progressLine({ ...told, way: "toggled", set: 1, blocks: 3, matrix: null, leftMs: 0 })).toBe(
		"over its time · skipping hooks: set 1 of 3 parts, 8 variants",
	);
});
