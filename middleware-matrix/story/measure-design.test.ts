import { expect, it } from "vitest";
import { leftOutOneByOne } from "#matrix/designs/left-out.js";
import { fewestCycles } from "./measure-design.js";

const one = (variants: number) => [Array.from({ length: variants }, (_, cell) => cell)];

it("is measured so often that the noise is known, and less often where the time is over", () => {
	expect(fewestCycles(2, one(2))).toEqual({ usual: 7, inHaste: 7 });
	expect(fewestCycles(4, one(4))).toEqual({ usual: 3, inHaste: 3 });
	expect(fewestCycles(16, one(16))).toEqual({ usual: 3, inHaste: 2 });
	const { design, blocks } = leftOutOneByOne([..."abcdef"], ["a", "b", "c"]);
	expect(fewestCycles(design.cells.length, blocks)).toEqual({ usual: 3, inHaste: 2 });
});
