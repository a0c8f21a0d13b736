import { describe, expect, it } from "vitest";
import { estimateEffects } from "#matrix/effects/estimate-effects.js";
import { leftOutOneByOne } from "./left-out.js";

const factors = [..."abcde"];
const rules = { confidence: 0.95, alpha: 0.01, margin: 0.02, moreIsBetter: false };
const costs = [1, 3, 5, 30, 10];
/** Of a and d: 8 more together. */
const level = (on: readonly number[]): number =>
	100 + on.reduce((sum, factor) => sum + (costs[factor] ?? 0), 0) + (on.includes(0) && on.includes(3) ? 8 : 0);

const cellsOf = ({ design, blocks }: ReturnType<typeof leftOutOneByOne>): string[][] =>
	blocks.map((block) => block.map((cell) => design.cells[cell]?.name ?? "none"));

describe("some factors left out one by one", () => {
	it("have four processes each, whatever else there is", () => {
		expect(cellsOf(leftOutOneByOne(factors, ["c", "a"]))).toEqual([
			["bare", "c alone", "all but c", "all"],
			["bare", "a alone", "all but a", "all"],
		]);
	});

	it("are measured by no cell twice where there are one or two of them", () => {
		expect(cellsOf(leftOutOneByOne(["a"], ["a"]))).toEqual([["bare", "all"]]);
		expect(cellsOf(leftOutOneByOne(["a", "b"], ["b"]))).toEqual([["bare", "b alone", "a alone", "all"]]);
		const both = leftOutOneByOne(["a", "b"], ["a", "b"]);
		expect(cellsOf(both)).toEqual([["bare", "a alone", "b alone", "all"]]);
	});

	it("have the mean of what they add to bare and to all others, and nothing is said of the others", () => {
		const { design, blocks } = leftOutOneByOne(factors, ["d", "b"]);
		const sets = [1.25, 0.8].flatMap((speed) =>
			blocks.map((cells, block) => ({
				block,
				values: design.cells.map(({ on }, cell) => (cells.includes(cell) ? speed * level(on) : null)),
			})),
		);
		const found = estimateEffects(design, "cpu", "ns", sets, rules);
		const changes = found?.effects.map(({ factor, change }) => [factor, Math.round(change * 1e6) / 1e6]);
		expect(changes).toEqual([
			["b", 3],
			["d", 34],
		]);
		expect(found?.remainder).toBeNull();
		expect(found?.estimates.beyond([1, 3])?.value).toBeCloseTo(1 + 5 + 10 + 8 - 4, 6);
		const [one] = cellsOf(leftOutOneByOne(["a", "b"], ["a", "b"]));
		expect(one).toHaveLength(4);
	});
});
