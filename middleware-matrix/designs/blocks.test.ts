import { expect, it } from "vitest";
import { blocksOf } from "./blocks.js";
import { designFor } from "./design-for.js";
import { groupFactors } from "./groups.js";

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `f${index + 1}`);
const kinds = ["one-at-a-time", "factorial"] as const;

it("measures all cells side by side where they fit", () => {
	const design = designFor({ kind: "one-at-a-time", factors: names(8), leaveOneOut: false });
	expect(blocksOf(design, 11)).toEqual([[...Array(11).keys()]]);
	expect(blocksOf(design, 10).length).toBeGreaterThan(1);
});

it.each(kinds)(
	"divides a %s design into blocks that fit, of like sizes, with bare in each and every cell somewhere",
	(kind) => {
		for (const factors of [3, 5, 8, 11, 16]) {
			const design = designFor({ kind, factors: names(factors), leaveOneOut: kind === "one-at-a-time" });
			for (let alive = 3; alive < design.cells.length; alive++) {
				const blocks = blocksOf(design, alive);
				const sizes = blocks.map((block) => block.length);
				expect(Math.max(...sizes)).toBeLessThanOrEqual(alive);
				expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
				expect(new Set(blocks.flat()).size).toBe(design.cells.length);
				const common = design.cells.flatMap((_, cell) => (blocks.every((block) => block.includes(cell)) ? [cell] : []));
				expect(common).toContain(design.bare[0]);
				if (alive >= 5) expect(common).toEqual(expect.arrayContaining([...design.all]));
				expect(blocks.flat()).toHaveLength(design.cells.length + (blocks.length - 1) * common.length);
			}
		}
	},
);

it("has every factor of a factorial on and off equally often in a block, but for one cell where it splits a pair", () => {
	const design = designFor({ kind: "factorial", factors: names(8), leaveOneOut: false });
	for (const alive of [6, 8, 9, 12]) {
		for (const block of blocksOf(design, alive)) {
			for (const factor of design.factors.keys()) {
				const on = block.filter((cell) => design.cells[cell]?.on.includes(factor)).length;
				expect(Math.abs(2 * on - block.length)).toBeLessThanOrEqual(2);
				if (alive === 9)
					expect(2 * on).toBe(block.length - (block.length % 2 === 0 ? 0 : Math.sign(block.length - 2 * on)));
			}
		}
	}
});

it("needs three alive", () => {
	const design = designFor({ kind: "one-at-a-time", factors: names(8), leaveOneOut: false });
	expect(() => blocksOf(design, 2)).toThrow(RangeError);
	expect(blocksOf(design, 3).every((block) => block.length <= 3)).toBe(true);
});

it("groups neighbours, in sizes that differ by one", () => {
	const groups = groupFactors(names(40), 16);
	expect(groups.flatMap(({ members }) => members)).toEqual(names(40));
	expect(groups.map(({ members }) => members.length).toSorted()).toEqual([...Array(8).fill(2), ...Array(8).fill(3)]);
	expect(groups[0]?.name).toBe("f1 + f2");
	expect(groupFactors(names(9), 2).map(({ name }) => name)).toEqual(["f1 … f4 (4)", "f5 … f9 (5)"]);
	expect(groupFactors(["a", "b"], 16)).toEqual([
		{ name: "a", members: ["a"] },
		{ name: "b", members: ["b"] },
	]);
});
