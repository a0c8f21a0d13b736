import { describe, expect, it } from "vitest";
import { sampleStack } from "../../../test/fixtures/report/sample-stack.js";
import { layerTree } from "./layer.js";

const ids = (layers: Parameters<typeof layerTree>[0]): string[] => layerTree(layers).map(({ layer }) => layer.id);

describe("layers as a tree", () => {
	it("places each after its parent, in the order of registration", () => {
		const placed = layerTree(sampleStack().toReversed());
		const at = placed.findIndex(({ layer }) => layer.id === "@fastify/compress");
		expect(placed[at - 1]?.layer.id).toBe("routes");
		expect(placed[at]?.last).toEqual([false, true]);
		expect(placed).toHaveLength(sampleStack().length);
	});

	it("loses none whose parent is missing or that stands above itself", () => {
		const [a, b, c] = sampleStack().slice(0, 3);
		if (a === undefined || b === undefined || c === undefined) throw new Error("the sample is too short");
		const circle = [
			{ ...a, parent: b.id },
			{ ...b, parent: a.id },
			{ ...c, parent: "nobody" },
		];
		expect(ids(circle).sort()).toEqual([a.id, b.id, c.id].sort());
	});
});
