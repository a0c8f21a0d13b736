import { expect, it } from "vitest";
import type { LayerEffect, LayerMetric } from "#src/model/matrix.js";
import { suspectsOf } from "./suspects.js";

const factors = [..."abcd"];
/** Nothing is found of any of them. */
const effects = (changes: Record<string, Partial<LayerEffect>> = {}): LayerEffect[] =>
	(["p50", "p99", "cpu", "alloc"] as const satisfies LayerMetric[]).flatMap((metric) =>
		factors.map(
			(factor, index): LayerEffect => ({
				...{ factor, metric, way: "toggled", unit: metric === "alloc" ? "bytes" : "ns", change: 100 + index },
				...{ share: 0.001, low: -900, high: 1_100, p: 0.5, holmP: 1, verdict: "cannot tell" },
				...changes[`${factor} ${metric}`],
			}),
		),
	);

it("are those that were named in what is felt, the dearest first, and those that may be", () => {
	const found = effects({
		"b cpu": { change: 4_000, verdict: "costs", holmP: 0.001 },
		"c p50": { change: 1_200_000, verdict: "costs", holmP: 0.001 },
		"a cpu": { change: 2_000, holmP: 0.06 },
		"d p99": { holmP: 0.02 },
	});
	expect(suspectsOf(found, factors, 4)).toEqual(["c", "b", "a"]);
	expect(suspectsOf(found, factors, 2)).toEqual(["c", "b"]);
});

it("are those as well of which skipping could say nothing", () => {
	const untold = effects().filter(({ factor }) => factor !== "c");
	expect(suspectsOf(untold, factors, 4)).toEqual(["c"]);
});

it("are one where nothing is felt: the dearest in bytes, else the largest estimate", () => {
	expect(suspectsOf(effects(), factors, 4)).toEqual(["d"]);
	const bytes = { verdict: "costs", holmP: 0 } as const;
	const found = effects({ "a alloc": { ...bytes, change: 900 }, "b alloc": { ...bytes, change: 2_000 } });
	expect(suspectsOf(found, factors, 4)).toEqual(["b"]);
});
