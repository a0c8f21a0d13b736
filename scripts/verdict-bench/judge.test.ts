import { describe, expect, it } from "vitest";
import { cases } from "./cases.js";
import { estimatedSize, isFalse, isRight, trueSize } from "./judge.js";
import type { FullRun, KeptEffect } from "./results.js";

const effect = (metric: string, change: number, verdict: KeptEffect["verdict"] = "regressed"): KeptEffect => ({
	metric,
	base: 200_000,
	head: 200_000 * (1 + change),
	change,
	low: change - 0.01,
	high: change + 0.01,
	margin: 0.02,
	judged: true,
	verdict,
	sets: 8,
	setSd: 0.01,
});

/** A run whose headline begins with the first of the effects. */
const told = (verdict: FullRun["verdict"], ...effects: readonly KeptEffect[]): FullRun => ({
	tool: "az-prof",
	app: "plugins",
	case: "",
	date: "",
	machine: "",
	verdict,
	seconds: 50,
	headline: "",
	lead: effects[0]?.metric ?? null,
	effects: [...effects],
	sets: 8,
	code: 1,
});

const naming = (run: FullRun, ...functions: readonly string[]): FullRun => ({ ...run, functions: [...functions] });

describe("a headline is right where it begins with what is felt first", () => {
	it.each([
		["waits-1ms", told("regressed", effect("p50", 6)), true],
		["waits-1ms", told("regressed", effect("alloc", 0.03), effect("p50", 6)), false],
		["waits-1ms", told("regressed", effect("loaded-p99", 0.1)), false],
		["spins-20ms", told("regressed", effect("p99.9", 40), effect("cpu", 0.7)), true],
		["spins-20ms", told("regressed", effect("loaded-p99", 2)), true],
		["spins-20ms", told("regressed", effect("cpu", 0.7), effect("p99.9", 40)), false],
		["bytes-5", told("regressed", effect("alloc", 0.05)), true],
		["dearer-10", told("regressed", effect("p50", 0.09), effect("cpu", 0.1)), true],
		["dearer-10", told("regressed", effect("p50", 0.09)), false],
		["dearer-4", naming(told("regressed", effect("cpu", 0.04)), "burn"), true],
		["dearer-4", naming(told("regressed", effect("cpu", 0.04)), "emit", "burn"), false],
		["factor-3", told("regressed", effect("p50", 1.8)), true],
		["factor-3", told("cannot tell", effect("cpu", 2, "cannot tell")), false],
		["same", told("no change", effect("cpu", 0, "no change")), true],
		["same", told("cannot tell", effect("cpu", 0, "cannot tell")), false],
	] as const)("%s, %o: %s", (name, run, right) => {
		expect(isRight(run, cases[name])).toBe(right);
	});
});

describe("what is false", () => {
	it.each([
		["a claim where nothing changed", "same", told("regressed", effect("cpu", 0.04)), true],
		["no change of something that changed", "dearer-10", told("no change", effect("cpu", 0.01, "no change")), true],
		["the wrong direction", "factor-3", told("improved", effect("cpu", -0.1, "improved")), true],
		["CPU of a change of bytes", "bytes-5", told("regressed", effect("alloc", 0.05), effect("cpu", 0.03)), true],
		["a function of equal sides", "same", naming(told("no change"), "emit"), true],
		["that less was not told than there is", "same", told("cannot tell", effect("cpu", 0, "cannot tell")), false],
		["bytes beside a wait", "waits-1ms", told("regressed", effect("p50", 6), effect("alloc", 0.03)), false],
		[
			"CPU that waiting spares",
			"waits-1ms",
			told("regressed", effect("p50", 6), effect("cpu", -0.07, "improved")),
			false,
		],
	] as const)("%s, %s", (_what, name, run, wrong) => {
		expect(isFalse(run, cases[name])).toBe(wrong);
	});

	it("counts judged metrics only", () => {
		const aside = { ...effect("cpu", 0.04), judged: false };
		expect(isFalse(told("no change", effect("p50", 0, "no change"), aside), cases.same)).toBe(false);
	});
});

describe("sizes", () => {
	it("are relative for CPU and bytes", () => {
		expect(estimatedSize(told("regressed", effect("cpu", 0.11)), cases["dearer-10"].size)).toBe(0.11);
		expect(trueSize(told("regressed"), cases["dearer-10"].size)).toBe(0.1);
	});

	it("are milliseconds for latencies, the true one as another client measured it", () => {
		const run = { ...told("regressed", effect("p50", 6)), addedMs: 1.19 };
		expect(estimatedSize(run, cases["waits-1ms"].size)).toBeCloseTo(1.2);
		expect(trueSize(run, cases["waits-1ms"].size)).toBe(1.19);
	});

	it("are none where they were not measured", () => {
		expect(estimatedSize(told("regressed"), cases["spins-20ms"].size)).toBeNull();
		expect(trueSize(told("regressed"), cases["waits-1ms"].size)).toBeNull();
	});
});
