import { describe, expect, it } from "vitest";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { Effect, Verdict } from "#src/model/comparison.js";
import type { FunctionVerdicts } from "#src/model/function-verdicts.js";
import { verdictOf } from "./verdict.js";

type Change = FunctionVerdicts["changed"][number];

const cost = (differenceNs: number, verdict: Change["verdict"]): Change => ({
	kind: "function",
	frame: describeFrame({ name: "f", url: "file:///app/a.js", line: 1, column: 1 }),
	baseNs: 10_000,
	headNs: 10_000 + differenceNs,
	differenceNs,
	lowNs: differenceNs - 500,
	highNs: differenceNs + 500,
	verdict,
});

const named = (...changed: readonly Change[]): FunctionVerdicts => ({
	sets: 8,
	ticks: { base: 20_000, head: 20_000 },
	tested: 60,
	alpha: 0.01,
	changed,
});

/** CPU of 200 µs with a margin of 2 %. */
function told(verdict: Verdict, functions: FunctionVerdicts | null, judged = true): Verdict {
	const cpu = { metric: "cpu", base: 200_000, margin: 0.02, judged } as Effect;
	return verdictOf({ verdict, effects: [cpu] }, functions);
}

describe("the verdict of a run", () => {
	it("is that of functions where the metrics cannot tell, and they add up to the margin", () => {
		expect(told("cannot tell", named(cost(5_000, "dearer")))).toBe("regressed");
		expect(told("cannot tell", named(cost(-3_000, "cheaper"), cost(-2_000, "cheaper")))).toBe("improved");
	});

	it("is not where they add up to less, or only moved", () => {
		expect(told("cannot tell", named(cost(1_000, "dearer")))).toBe("cannot tell");
		expect(told("cannot tell", named(cost(5_000, "dearer"), cost(-4_000, "cheaper")))).toBe("cannot tell");
		expect(told("cannot tell", named(cost(9_000, "moved")))).toBe("cannot tell");
		expect(told("cannot tell", named(cost(9_000, "waiting")))).toBe("cannot tell");
	});

	it("is that of the metrics where they can tell, where functions are not known, or CPU is not asked for", () => {
		expect(told("no change", named(cost(5_000, "dearer")))).toBe("no change");
		expect(told("improved", named(cost(5_000, "dearer")))).toBe("improved");
		expect(told("cannot tell", null)).toBe("cannot tell");
		expect(told("cannot tell", named(cost(5_000, "dearer")), false)).toBe("cannot tell");
	});
});
