import { describe, expect, it } from "vitest";
import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import { diffTrees } from "#src/analyse/call-tree/difference.js";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import { hugeTree } from "../../../test/fixtures/report/sample-tree.js";
import { layOutDifference, layOutProfile, matchSum, visibleFrames } from "./flame-layout.js";

const fn = (name: string) => describeFrame({ name, url: `/app/${name}.js`, line: 1, column: 1 });

describe("layOutProfile", () => {
	it("puts every frame inside its caller, beside its siblings", () => {
		const layout = layOutProfile(hugeTree(2_000));
		const ends = new Map<number, number>();
		for (const { node, left, width } of visibleFrames(layout, 0, 0)) {
			const parent = layout.tree.nodes[node]?.parent ?? -1;
			if (parent < 0) continue;
			const at = (layout.left[parent] ?? 0) / (layout.widths[0] ?? 0);
			const end = at + (layout.widths[parent] ?? 0) / (layout.widths[0] ?? 0);
			expect(left).toBeGreaterThanOrEqual(at - 1e-9);
			expect(left + width).toBeLessThanOrEqual(end + 1e-9);
			ends.set(parent, (ends.get(parent) ?? 0) + width);
		}
		for (const [parent, widths] of ends) {
			expect(widths).toBeLessThanOrEqual((layout.widths[parent] ?? 0) / (layout.widths[0] ?? 0) + 1e-9);
		}
	});

	it("leaves out exactly the frames that are too narrow", () => {
		const layout = layOutProfile(hugeTree(20_000));
		const minWidth = 0.3 / 900;
		const drawn = new Set(visibleFrames(layout, 0, minWidth).map((each) => each.node));
		const wide = layout.widths.flatMap((ticks, node) => (ticks / (layout.widths[0] ?? 0) >= minWidth ? [node] : []));
		expect([...drawn].sort((a, b) => a - b)).toEqual(wide);
	});

	it("gives the frame that is zoomed to the whole width, and its callers too", () => {
		const builder = new CallTreeBuilder();
		builder.addStack([fn("a"), fn("b")], 3);
		builder.addStack([fn("a"), fn("c")], 6);
		builder.addStack([fn("d")], 1);
		const layout = layOutProfile(builder.build());
		const b = layout.tree.nodes.findIndex((node) => layout.tree.frames[node.frame]?.name === "b");
		expect(visibleFrames(layout, b, 0).map(({ left, width, above }) => ({ left, width, above }))).toEqual([
			{ left: 0, width: 1, above: true },
			{ left: 0, width: 1, above: true },
			{ left: 0, width: 1, above: false },
		]);
	});
});

describe("layOutDifference", () => {
	it("makes every function's own part as wide as on the side where it costs more", () => {
		const tree = (a: number, b: number, c: number) => {
			const builder = new CallTreeBuilder();
			builder.addStack([fn("a")], a);
			builder.addStack([fn("a"), fn("b")], b);
			if (c > 0) builder.addStack([fn("a"), fn("c")], c);
			return builder.build();
		};
		const layout = layOutDifference(
			diffTrees(
				{ tree: tree(50, 50, 0), perRequest: 100, root: "/app" },
				{ tree: tree(40, 80, 80), perRequest: 200, root: "/app" },
			),
		);
		const widthOf = (name: string) =>
			layout.widths[layout.tree.nodes.findIndex((node) => layout.tree.frames[node.frame]?.name === name)];
		expect([widthOf("a"), widthOf("b"), widthOf("c")]).toEqual([50 + 80 + 80, 80, 80]);
		expect(layout.widths[0]).toBe(210);
	});
});

describe("matchSum", () => {
	it("counts a tick once, however often its stack matches", () => {
		const builder = new CallTreeBuilder();
		builder.addStack([fn("a"), fn("a"), fn("b")], 5);
		builder.addStack([fn("b")], 2);
		builder.addStack([fn("c")], 3);
		const { tree, self } = layOutProfile(builder.build());
		const index = (name: string) => tree.frames.findIndex((frame) => frame.name === name);
		expect(matchSum(tree, self, new Set([index("a")]))).toEqual({ self: 0, total: 5 });
		expect(matchSum(tree, self, new Set([index("a"), index("b")]))).toEqual({ self: 7, total: 7 });
	});
});
