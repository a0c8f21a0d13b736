import { describe, expect, it } from "vitest";
import { CallTreeBuilder, functionTicks } from "./call-tree.js";
import { describeFrame } from "./frame-kind.js";
import { isClearlyMore, selfInterval } from "./self-interval.js";

const frame = (name: string) => describeFrame({ name, url: "file:///app/server.js", line: 1, column: name.length });
const treeOf = (ticks: Readonly<Record<string, number>>) => {
	const builder = new CallTreeBuilder();
	for (const [name, count] of Object.entries(ticks)) builder.addStack([frame(name)], count);
	return builder.build();
};

describe("the interval of a function's ticks", () => {
	it("is that of a share of counted samples", () => {
		const tree = treeOf({ hot: 100, rest: 900 });
		const [low, high] =
			selfInterval(tree, functionTicks(tree).find((each) => each.frame.name === "hot") as never) ?? [];
		// Wilson for 100 of 1,000: 8.29 to 12.02 %.
		expect(low).toBeCloseTo(82.9, 1);
		expect(high).toBeCloseTo(120.2, 1);
	});

	it("is none for what the kernel measured, nor without samples", () => {
		const threads = { ...frame("(thread pool)"), kind: "threads" } as const;
		expect(selfInterval(treeOf({ hot: 10 }), { frame: threads, selfTicks: 5 })).toBeNull();
		expect(selfInterval(new CallTreeBuilder().build(), { frame: frame("a"), selfTicks: 0 })).toBeNull();
	});

	it("says which of two counts is larger for certain", () => {
		expect(isClearlyMore(125, 100)).toBe(false);
		expect(isClearlyMore(150, 100)).toBe(true);
	});
});
