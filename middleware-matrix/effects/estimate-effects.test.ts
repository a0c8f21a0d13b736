import { describe, expect, it } from "vitest";
import { blocksOf } from "#matrix/designs/blocks.js";
import type { Design, DesignKind } from "#matrix/designs/design.js";
import { designFor } from "#matrix/designs/design-for.js";
import { leftOutOneByOne } from "#matrix/designs/left-out.js";
import { screenSelection } from "#matrix/designs/screen.js";
import type { LayerEffect } from "#src/model/matrix.js";
import { Simulation } from "../../test/fixtures/simulated-contrasts.js";
import { disagreements } from "./disagreements.js";
import { type EffectRules, type Effects, estimateEffects } from "./estimate-effects.js";
import type { EvidenceOfSet } from "./evidence.js";
import { holmAdjusted } from "./holm.js";

const rules: EffectRules = { confidence: 0.95, alpha: 0.01, margin: 0.02, moreIsBetter: false };
const costs = [0, 1, 3, 5, -5, 30, 0.5, 10];
const factors = [..."abcdefgh"];
const designOf = (kind: DesignKind, leaveOneOut = false): Design => designFor({ kind, factors, leaveOneOut });
const additive = (on: readonly number[]): number => 100 + on.reduce((sum, factor) => sum + (costs[factor] ?? 0), 0);
/** Of a and b: 8 more together. */
const paired = (on: readonly number[]): number => additive(on) + (on.includes(0) && on.includes(1) ? 8 : 0);

/** Without noise, on a machine whose speed differs from set to set with a geometric mean of 1. */
function exact(design: Design, level = additive, blocks = blocksOf(design, design.cells.length)): EvidenceOfSet[] {
	const speeds = [1.25, 0.8, 2, 0.5];
	return speeds.flatMap((speed) =>
		blocks.map((cells, block) => ({
			block,
			values: design.cells.map(({ on }, cell) => (cells.includes(cell) ? speed * level(on) : null)),
		})),
	);
}
const without = (sets: readonly EvidenceOfSet[], failed: readonly number[]): EvidenceOfSet[] =>
	sets.map(({ block, values }) => ({ block, values: values.map((v, cell) => (failed.includes(cell) ? null : v)) }));
function estimate(design: Design, sets: readonly EvidenceOfSet[], how = rules): Effects {
	const found = estimateEffects(design, "cpu", "ns", sets, how);
	if (found === null) throw new Error("nothing was estimated");
	return found;
}
const cell = (design: Design, name: string): number => design.cells.findIndex((each) => each.name === name);
const changes = ({ effects }: Effects): Record<string, number> =>
	Object.fromEntries(effects.map(({ factor, change }) => [factor, Math.round(change * 1e6) / 1e6 + 0]));
const truth = Object.fromEntries(factors.map((name, index) => [name, costs[index]]));

describe("estimateEffects", () => {
	it.each(["one-at-a-time", "factorial"] as const)("finds what is there, whatever the sets' speed (%s)", (kind) => {
		for (const blocks of [17, 8, 5, 3]) {
			const design = designOf(kind, true);
			const found = estimate(design, exact(design, additive, blocksOf(design, blocks)));
			expect(changes(found)).toEqual(truth);
			expect(found.remainder?.large ?? false).toBe(false);
			expect(found.levels[0]).toBeCloseTo(100, 6);
			const verdicts = found.effects.map(({ verdict }) => verdict);
			const [nothing, costly] = ["nothing", "costs"];
			expect(verdicts).toEqual([nothing, nothing, costly, costly, "saves", costly, nothing, costly]);
		}
	});

	it("says of requests per second that fewer are a cost", () => {
		const design = designOf("factorial");
		const { effects } = estimate(design, exact(design), { ...rules, moreIsBetter: true });
		expect(effects.slice(3, 5).map(({ verdict }) => verdict)).toEqual(["saves", "costs"]);
	});

	it("shows what layers cost only together as the remainder, or halves it between them", () => {
		const alone = estimate(designOf("one-at-a-time"), exact(designOf("one-at-a-time"), paired));
		expect(changes(alone)).toEqual(truth);
		expect(alone.remainder).toMatchObject({ large: true });
		expect(alone.remainder?.change).toBeCloseTo(8, 6);
		for (const design of [designOf("one-at-a-time", true), designOf("factorial")]) {
			const shared = estimate(design, exact(design, paired));
			expect(changes(shared)).toEqual({ ...truth, a: 4, b: 5 });
			expect(shared.remainder?.change ?? 0).toBeCloseTo(0, 6);
		}
	});

	it("has no remainder where effects make up all by definition", () => {
		for (const design of [
			designFor({ kind: "one-at-a-time", factors: ["a"], leaveOneOut: false }),
			...[2, 8].map((count) => designFor({ kind: "factorial", factors: factors.slice(0, count), leaveOneOut: false })),
		]) {
			expect(estimate(design, exact(design)).remainder).toBeNull();
		}
		const five = designFor({ kind: "factorial", factors: factors.slice(0, 5), leaveOneOut: false });
		const triple = (on: readonly number[]): number => additive(on) + ([0, 1, 2].every((f) => on.includes(f)) ? 40 : 0);
		const found = estimate(five, exact(five, triple));
		expect(found.remainder?.change).toBeCloseTo(10, 6);
		expect(found.remainder?.large).toBe(true);
	});

	it("cannot tell from one set, and leaves out a metric that is nothing somewhere", () => {
		const design = designOf("one-at-a-time");
		const one = estimate(design, exact(design).slice(0, 1));
		expect(changes(one).h).toBeCloseTo(12.5, 6);
		expect(one.effects[7]).toMatchObject({ low: null, high: null, p: null, holmP: null, verdict: "cannot tell" });
		expect(one).toMatchObject({ degrees: 0, sigma: null, remainder: { low: null, large: false } });
		for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
			const sets = exact(design).map((set) => ({ ...set, values: set.values.with(4, bad) }));
			expect(estimateEffects(design, "alloc", "bytes", sets, rules)).toBeNull();
		}
		expect(estimateEffects(design, "cpu", "ns", [], rules)).toBeNull();
		expect(estimateEffects(design, "cpu", "ns", without(exact(design), [...design.cells.keys()]), rules)).toBeNull();
	});

	it("does not name what only one set shows", () => {
		const design = designOf("one-at-a-time");
		const noisy = exact(design).map((set, index) => ({
			...set,
			values: set.values.map((value, c) => (value ?? 0) * (1 + 0.001 * Math.sin(7 * index + 3 * c))),
		}));
		const wild = noisy.map((set, i) =>
			i === 2 ? { ...set, values: set.values.with(2, (set.values[2] ?? 0) * 2) } : set,
		);
		expect(estimate(design, noisy).effects[7]?.verdict).toBe("costs");
		expect(estimate(design, wild).effects[0]?.verdict).toBe("cannot tell");
	});
});

describe("cells that failed", () => {
	it("take with them only the effects that need them", () => {
		const design = designOf("one-at-a-time");
		const found = estimate(design, without(exact(design), [cell(design, "d alone"), cell(design, "bare control")]));
		const { d: _, ...others } = truth;
		expect(changes(found)).toEqual(others);
		expect(found.remainder).toBeNull();
		expect(found.levels[cell(design, "d alone")]).toBeNull();
		expect(estimateEffects(design, "cpu", "ns", without(exact(design), design.bare), rules)).toBeNull();
	});

	it("leave the other half of leave-one-out", () => {
		const design = designOf("one-at-a-time", true);
		const failed = ["d alone", "all but e"].map((name) => cell(design, name));
		expect(changes(estimate(design, without(exact(design), failed)))).toEqual(truth);
		expect(changes(estimate(design, without(exact(design), design.all)))).toEqual(truth);
	});

	it("are made up for in a factorial, as long as there are enough others", () => {
		const design = designOf("factorial");
		for (const failed of [[3], [0], [15], [1, 2, 3, 4], [0, 5, 7]]) {
			const found = estimate(design, without(exact(design), failed));
			expect(changes(found)).toEqual(truth);
			expect(found.effects[7]?.share).toBeCloseTo(0.1, 9);
		}
		const neverC = design.cells.flatMap(({ on }, index) => (on.includes(2) ? [index] : []));
		expect(estimate(design, without(exact(design), neverC)).effects.some(({ factor }) => factor === "c")).toBe(false);
	});

	it("do not matter in single sets", () => {
		const design = designOf("one-at-a-time");
		const sets = exact(design).map(({ block, values }, index) => ({ block, values: values.with(index + 1, null) }));
		expect(changes(estimate(design, sets))).toEqual(truth);
	});

	it("can cut off a block, of which nothing is known then", () => {
		const design = designOf("one-at-a-time");
		const blocks = blocksOf(design, 6);
		const sets = exact(design, additive, blocks).map((set) =>
			set.block === 1 ? (without([set], [...design.bare, ...design.all])[0] as EvidenceOfSet) : set,
		);
		const lost = blocks[1]?.flatMap((index) => design.cells[index]?.on ?? []) ?? [];
		const kept = estimate(design, sets).effects.map(({ factor }) => factor);
		expect(kept.length).toBeGreaterThan(3);
		expect(kept.every((name) => !lost.includes(factors.indexOf(name)) || costs.length === lost.length)).toBe(false);
	});
});

const effect = (factor: string, share: number, half: number | null, p: number | null = 0.001): LayerEffect => ({
	...{ factor, way: "absent", metric: "cpu", unit: "ns", change: 200 * share, share, p, holmP: p },
	low: half === null ? null : 200 * (share - half),
	high: half === null ? null : 200 * (share + half),
	verdict: half !== null && Math.abs(share) + half < 0.02 ? "nothing" : "cannot tell",
});

describe("what follows from effects", () => {
	it("adjusts by Holm", () => {
		expect(holmAdjusted([0.01, 0.04, 0.03, 0.5])).toEqual([0.04, 0.09, 0.09, 0.5]);
		expect(holmAdjusted([])).toEqual([]);
	});

	it("finds where two ways of measuring disagree by more than their intervals", () => {
		const absent = [effect("a", 0.05, 0.01), effect("b", 0.05, 0.01), effect("c", 0.05, null), effect("d", 0, 0.01)];
		const toggled = [
			effect("a", 0.07, 0.01),
			effect("b", 0.062, 0.01),
			effect("c", 0.5, 0.01),
			effect("d", 0.04, 0.01),
		];
		const found = disagreements(absent, toggled);
		expect(found.map(({ factor }) => factor)).toEqual(["a", "d"]);
		expect(found[0]?.difference).toBeCloseTo(0.02, 9);
	});

	it("lets those factors through a screen that may matter", () => {
		const screened = [
			effect("a", 0.001, 0.01),
			effect("b", 0.03, 0.02, 0.1),
			effect("c", 0.01, 0.03, 0.5),
			effect("d", 0.1, 0.02),
		];
		expect(screenSelection(screened, 8)).toEqual(["d", "b"]);
		expect(screenSelection(screened, 1)).toEqual(["d"]);
		const unsure = [effect("a", 0.02, null, null), effect("b", -0.05, null, null)];
		expect(screenSelection(unsure, 8)).toEqual(["b", "a"]);
	});
});

describe("beside a layer that costs many times bare", () => {
	/** c takes ten times as long as bare. */
	const drowning = (on: readonly number[]): number => additive(on) + (on.includes(2) ? 1_000 : 0);
	const designs = [
		designOf("factorial"),
		designOf("one-at-a-time", true),
		leftOutOneByOne(factors, ["c", "d", "h"]).design,
	];

	it.each(designs)("the others are found as well as without it, and no other truth", (design) => {
		const simulation = new Simulation(3);
		const noisy = (level: (on: readonly number[]) => number): Effects =>
			estimate(
				design,
				Array.from({ length: 6 }, () => ({
					block: 0,
					values: design.cells.map(({ on }) => level(on) * Math.exp(0.01 * simulation.normal())),
				})),
			);
		const halfOf = ({ effects }: Effects, name: string): number => {
			const { low, high } = effects.find(({ factor }) => factor === name) as LayerEffect;
			return ((high as number) - (low as number)) / 2;
		};
		expect(halfOf(noisy(drowning), "d") / halfOf(noisy(additive), "d")).toBeLessThan(2);
		const exactly = estimate(design, exact(design, drowning));
		expect(changes(exactly).h).toBe(10);
		expect(changes(exactly).c).toBe(1_003);
	});
});
