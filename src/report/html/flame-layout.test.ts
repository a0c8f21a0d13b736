import { describe, expect, it } from "vitest";
import { hugeTree } from "../../../test/fixtures/report/sample-tree.js";
import { CallTreeBuilder } from "../../analyse/call-tree.js";
import { describeFrame } from "../../analyse/frame-kind.js";
import { layOutFlame, matchShare, visibleFrames } from "./flame-layout.js";

const fn = (name: string) => describeFrame({ name, url: `/app/${name}.js`, line: 1, column: 1 });

describe("layOutFlame", () => {
	it("puts every frame inside its caller, beside its siblings", () => {
		const layout = layOutFlame(hugeTree(2_000));
		const ends = new Map<number, number>();
		for (const { node, left, width } of visibleFrames(layout, 0, 0)) {
			const parent = layout.tree.nodes[node]?.parent ?? -1;
			if (parent < 0) continue;
			const at = (layout.left[parent] ?? 0) / layout.allTicks;
			const end = at + (layout.totals[parent] ?? 0) / layout.allTicks;
			expect(left).toBeGreaterThanOrEqual(at - 1e-9);
			expect(left + width).toBeLessThanOrEqual(end + 1e-9);
			ends.set(parent, (ends.get(parent) ?? 0) + width);
		}
		for (const [parent, widths] of ends) {
			expect(widths).toBeLessThanOrEqual((layout.totals[parent] ?? 0) / layout.allTicks + 1e-9);
		}
	});

	it("leaves out exactly the frames that are too narrow", () => {
		const layout = layOutFlame(hugeTree(20_000));
		const minWidth = 0.3 / 900;
		const drawn = new Set(visibleFrames(layout, 0, minWidth).map((each) => each.node));
		const wide = layout.totals.flatMap((ticks, node) => (ticks / layout.allTicks >= minWidth ? [node] : []));
		expect([...drawn].sort((a, b) => a - b)).toEqual(wide);
	});

	it("gives the frame that is zoomed to the whole width, and its callers too", () => {
		const builder = new CallTreeBuilder();
		builder.addStack([fn("a"), fn("b")], 3);
		builder.addStack([fn("a"), fn("c")], 6);
		builder.addStack([fn("d")], 1);
		const layout = layOutFlame(builder.build());
		const b = layout.tree.nodes.findIndex((node) => layout.tree.frames[node.frame]?.name === "b");
		expect(visibleFrames(layout, b, 0).map(({ left, width, above }) => ({ left, width, above }))).toEqual([
			{ left: 0, width: 1, above: true },
			{ left: 0, width: 1, above: true },
			{ left: 0, width: 1, above: false },
		]);
	});
});

describe("matchShare", () => {
	it("counts a tick once, however often its stack matches", () => {
		const builder = new CallTreeBuilder();
		builder.addStack([fn("a"), fn("a"), fn("b")], 5);
		builder.addStack([fn("b")], 2);
		builder.addStack([fn("c")], 3);
		const layout = layOutFlame(builder.build());
		const index = (name: string) => layout.tree.frames.findIndex((frame) => frame.name === name);
		expect(matchShare(layout, new Set([index("a")]))).toEqual({ functions: 1, selfTicks: 0, totalTicks: 5 });
		expect(matchShare(layout, new Set([index("a"), index("b")]))).toEqual({
			functions: 2,
			selfTicks: 7,
			totalTicks: 7,
		});
	});
});
