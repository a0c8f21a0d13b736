import { describe, expect, it } from "vitest";
import { checkDesign } from "./check-design.js";
import type { Design, DesignKind } from "./design.js";
import { designFor } from "./design-for.js";

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `f${index + 1}`);
const designOf = (kind: DesignKind, factors: number, leaveOneOut = false): Design =>
	designFor({ kind, factors: names(factors), leaveOneOut });
const cellNames = (design: Design): string[] => design.cells.map(({ name }) => name);
const upTo16 = Array.from({ length: 16 }, (_, index) => index + 1);
const additive = (design: Design, costs: readonly number[]): number[] =>
	design.cells.map(({ on }) => on.reduce((sum, factor) => sum + (costs[factor] ?? 0), 7));

describe("one-at-a-time", () => {
	it("measures bare, each alone and all, and nothing twice but bare", () => {
		expect(cellNames(designOf("one-at-a-time", 1))).toEqual(["bare", "all"]);
		expect(cellNames(designOf("one-at-a-time", 2, true))).toEqual(["bare", "f1 alone", "f2 alone", "all"]);
		const three = ["bare", "bare control", "f1 alone", "f2 alone", "f3 alone"];
		expect(cellNames(designOf("one-at-a-time", 3))).toEqual([...three, "all"]);
		const but = ["all but f1", "all but f2", "all but f3"];
		expect(cellNames(designOf("one-at-a-time", 3, true))).toEqual([...three, ...but, "all"]);
	});

	it("takes any number of factors", () => {
		expect(designOf("one-at-a-time", 40, true).cells).toHaveLength(2 + 40 + 40 + 1);
	});
});

describe("factorial", () => {
	it.each(upTo16)("of %i factors has any three at all settings equally often", (factors) => {
		const design = designOf("factorial", factors);
		const runs = design.cells.filter((_, cell) => design.contrasts[0]?.[cell] !== 0);
		expect(runs).toHaveLength(factors <= 4 ? 2 ** factors : factors <= 8 ? 16 : 32);
		for (let a = 0; a < factors; a++) {
			for (let b = a; b < factors; b++) {
				for (let c = b; c < factors; c++) {
					const chosen = [...new Set([a, b, c])];
					const counts = new Map<string, number>();
					for (const { on } of runs) {
						const setting = chosen.map((factor) => on.includes(factor)).join();
						counts.set(setting, (counts.get(setting) ?? 0) + 1);
					}
					expect([...counts.values()]).toEqual(Array(2 ** chosen.length).fill(runs.length / 2 ** chosen.length));
				}
			}
		}
	});

	it("has the resolution and the fewest words of length four that are possible (Chen, Sun and Wu 1993, tables 2 and 3)", () => {
		const checks = upTo16.map((factors) => checkDesign(designOf("factorial", factors)));
		expect(checks.map(({ resolution }) => resolution)).toEqual([...Array(4).fill(null), 5, ...Array(11).fill(4)]);
		const words = [0, 0, 0, 0, 0, 3, 7, 14, 6, 10, 25, 38, 55, 77, 105, 140];
		expect(checks.map(({ wordsOfLengthFour }) => wordsOfLengthFour)).toEqual(words);
		expect(checks.every(({ balanced, orthogonal, unbiased }) => balanced && orthogonal && unbiased)).toBe(true);
	});

	it("has bare and all once, a layer alone by its name, and all other cells numbered", () => {
		for (const factors of upTo16) {
			const { cells, bare, all, factors: names } = designOf("factorial", factors);
			expect(bare.map((cell) => cells[cell])).toEqual([{ name: "bare", on: [] }]);
			expect(all.map((cell) => cells[cell])).toEqual([{ name: "all", on: [...Array(factors).keys()] }]);
			expect(new Set(cells.map(({ on }) => on.join())).size).toBe(cells.length);
			for (const [index, { name, on }] of cells.slice(1, -1).entries()) {
				expect(name).toBe(on.length === 1 ? `${names[on[0] as number]} alone` : `cell ${index + 1}`);
			}
			expect(cells.length).toBe([5, 9, 10].includes(factors) ? (factors === 5 ? 17 : 33) : 2 ** bits(factors));
		}
	});

	it("refuses what it cannot take", () => {
		expect(() => designOf("factorial", 17)).toThrow("a factorial takes 16 factors, these are 17: group them");
		expect(() => designOf("factorial", 0)).toThrow(RangeError);
		expect(() => designFor({ kind: "screen", factors: ["a", "a"], leaveOneOut: false })).toThrow(
			'"a" is in the design',
		);
	});
});

const bits = (factors: number): number => (factors <= 4 ? factors : factors <= 8 ? 4 : 5);

describe("every design", () => {
	it.each(upTo16)("of %i factors finds the costs of layers that add up", (factors) => {
		const costs = names(factors).map((_, index) => (index + 1) ** 2);
		for (const kind of ["one-at-a-time", "factorial", "screen"] as const) {
			for (const leaveOneOut of [false, true]) {
				const design = designOf(kind, factors, leaveOneOut);
				const figures = additive(design, costs);
				const effects = design.contrasts.map((of) => of.reduce((sum, c, cell) => sum + c * (figures[cell] ?? 0), 0));
				for (const [index, effect] of effects.entries()) expect(effect).toBeCloseTo(costs[index] ?? 0, 9);
			}
		}
	});
});

describe("checkDesign", () => {
	it("sees a design that is out of balance, not orthogonal, of resolution III, or biased", () => {
		const good = designOf("factorial", 6);
		const switched = { ...good, cells: good.cells.map((cell, index) => (index === 3 ? { ...cell, on: [0] } : cell)) };
		expect(checkDesign(switched)).toMatchObject({ balanced: false, orthogonal: false, unbiased: false });
		// Three factors in four runs, each of which is the sum of the other two.
		const third: Design = {
			...designOf("factorial", 3),
			cells: [[], [0, 2], [1, 2], [0, 1]].map((on, index) => ({ name: `cell ${index}`, on })),
			contrasts: [
				[-0.5, 0.5, -0.5, 0.5],
				[-0.5, -0.5, 0.5, 0.5],
				[-0.5, 0.5, 0.5, -0.5],
			],
		};
		expect(checkDesign(third)).toMatchObject({ runs: 4, orthogonal: true, unbiased: true, resolution: 3 });
		expect(checkDesign({ ...third, contrasts: third.contrasts.toReversed() }).unbiased).toBe(false);
	});
});
