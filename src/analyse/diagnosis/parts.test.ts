import { describe, expect, it } from "vitest";
import type { SampledFunctions } from "#src/analyse/comparison/functions/cost-series.js";
import type { Frame, FrameKind } from "#src/model/call-tree.js";
import { partsOf } from "./parts.js";

const SETS = 4;
const frame = (name: string, kind: FrameKind, from: string | null): Frame => ({
	...{ name, kind, package: from, file: null, line: null, column: null },
});
const series = (name: string, kind: FrameKind, from: string | null, base: number, head: number) => ({
	frame: frame(name, kind, from),
	// A tick more in every other set.
	ticks: {
		base: Array.from({ length: SETS }, () => base),
		head: Array.from({ length: SETS }, (_, set) => head + (set % 2)),
	},
	squares: SETS * (base + head),
});

const sampled = (functions: SampledFunctions["functions"]): SampledFunctions => ({
	functions,
	places: { base: [], head: [] },
	byKey: { base: new Map(), head: new Map() },
	neighbours: [],
	sources: [],
	unrecognised: new Set<number>(),
	allTicks: { base: [], head: [] },
	perTick: { base: new Array(SETS).fill(10), head: new Array(SETS).fill(10) },
});

describe("whose code costs more", () => {
	it("is told by application and package, and adds up to the whole", () => {
		const parts = partsOf(
			sampled([
				series("a", "app", null, 100, 150),
				series("b", "app", null, 50, 60),
				series("c", "dependency", "fastify", 80, 79),
				series("d", "collector", null, 10, 10),
			]),
		);
		expect(parts.map(({ kind, package: name }) => name ?? kind)).toEqual(["app", "fastify", "collector"]);
		expect(parts[0]).toMatchObject({ baseNs: 1_500, headNs: 2_110, differenceNs: 610 });
		expect(parts[0]?.lowNs).toBeGreaterThan(500);
		expect(parts.reduce((sum, { differenceNs }) => sum + differenceNs, 0)).toBeCloseTo(4 * 5 + 600 - 10, 9);
	});

	it("puts the smallest together where there are many", () => {
		const packages = Array.from({ length: 20 }, (_, index) =>
			series("f", "dependency", `p${index}`, 100, 100 + index * 5),
		);
		const parts = partsOf(sampled(packages));
		expect(parts).toHaveLength(13);
		expect(parts.at(-1)).toMatchObject({ kind: null, package: null, baseNs: 8_000 });
	});
});
