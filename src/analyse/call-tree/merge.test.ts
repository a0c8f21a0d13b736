import { expect, it } from "vitest";
import { CallTreeBuilder } from "./call-tree.js";
import { describeFrame } from "./frame-kind.js";
import { matchFunctions } from "./merge.js";

it("pairs thousands of functions without names in the order of their lines, though the other side has thousands more", () => {
	const side = (count: number, firstLine: number) => {
		const builder = new CallTreeBuilder();
		for (let index = 0; index < count; index++) {
			const where = { url: "file:///app/generated.js", line: firstLine + 3 * index, column: 1 };
			builder.addStack([describeFrame({ name: "", ...where })], 1);
		}
		return { tree: builder.build(), root: "/app" };
	};
	const [base, head] = [side(4_000, 1), side(12_000, 8)];
	const { frames, ofBase, ofHead } = matchFunctions(base, head);
	// The root is one of them.
	expect(frames).toHaveLength(12_001);
	expect(new Set(ofBase.values()).size).toBe(4_001);
	const lines = base.tree.frames.map((_, index) => frames[ofBase.get(index) ?? -1]?.line);
	expect(lines.slice(1)).toEqual(lines.slice(1).toSorted((a, b) => (a ?? 0) - (b ?? 0)));
	expect(ofHead.size).toBe(12_001);
});
