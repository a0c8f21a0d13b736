import { describe, expect, it } from "vitest";
import { designFor } from "#matrix/designs/design-for.js";
import { leftOutOneByOne } from "#matrix/designs/left-out.js";
import type { LayerEffect, VariantFigures } from "#src/model/matrix.js";
import { Simulation } from "../../test/fixtures/simulated-contrasts.js";
import { bothWays, remaindersOfBothWays } from "./both-ways.js";
import { type DesignEvidence, effectsOfDesign, type JudgingRules } from "./effects-of-design.js";

const effect = (
	way: LayerEffect["way"],
	share: number,
	half: number,
	verdict: LayerEffect["verdict"],
): LayerEffect => ({
	...{ factor: "a", metric: "cpu", unit: "ns", way, change: 200 * share, share, p: 0.5, holmP: 0.5, verdict },
	low: 200 * (share - half),
	high: 200 * (share + half),
});
const believed = (toggled: LayerEffect, absent: LayerEffect) => {
	const { effects, other } = bothWays([toggled], [absent]);
	expect([...effects, ...other.effects].map(({ way }) => way).sort()).toEqual(["absent", "toggled"]);
	return { way: effects[0]?.way, differ: other.disagreements.length > 0 };
};

describe("of an effect by both ways", () => {
	it("the layer that was left out has its size, and is believed where they differ", () => {
		const sized = effect("absent", 0.06, 0.02, "costs");
		expect(believed(effect("toggled", 0.05, 0.01, "costs"), sized)).toEqual({ way: "absent", differ: false });
		const less = effect("absent", 0.01, 0.02, "cannot tell");
		expect(believed(effect("toggled", 0.05, 0.01, "costs"), less)).toEqual({ way: "absent", differ: true });
	});

	it("skipping has the size where it knows it far better, and the two agree", () => {
		const skipped = effect("toggled", 0.05, 0.01, "costs");
		expect(believed(skipped, effect("absent", 0.08, 0.05, "costs"))).toEqual({ way: "toggled", differ: false });
		expect(believed(skipped, effect("absent", 0.2, 0.05, "costs"))).toEqual({ way: "absent", differ: true });
	});

	it("the one that found something is believed where the other cannot tell", () => {
		const unsure = effect("absent", 0.03, 0.05, "cannot tell");
		expect(believed(effect("toggled", 0.05, 0.01, "costs"), unsure)).toEqual({ way: "toggled", differ: false });
		expect(believed(effect("toggled", 0, 0.005, "nothing"), unsure)).toEqual({ way: "toggled", differ: false });
	});

	it("the narrower of two that cannot tell is told", () => {
		const narrow = effect("toggled", 0.01, 0.02, "cannot tell");
		expect(believed(narrow, effect("absent", 0.01, 0.03, "cannot tell")).way).toBe("toggled");
		expect(believed(narrow, effect("absent", 0.01, 0.01, "cannot tell")).way).toBe("absent");
	});
});

const factors = [..."abcdefgh"];
const rules: JudgingRules = {
	confidence: 0.95,
	alpha: 0.01,
	margins: { p50: 0.03, "loaded-p50": 0.03, p99: 0.1, "loaded-p99": 0.1, cpu: 1e-9, alloc: 0.01, rps: 0.03 },
};
const NONE = { requests: 1, errors: 0, allCpuNsPerRequest: null, bytesPerRequest: null, p50Ns: null, p99Ns: null };
const NO_LOADED = { loadedP50Ns: null, loadedP99Ns: null, requestsPerSecond: null };
const figures = (cpuNsPerRequest: number): VariantFigures => ({ ...NONE, ...NO_LOADED, cpuNsPerRequest });

/** Sets of a factorial in one process, and of some layers left out, on a machine that is never twice as fast. */
class Matrices {
	readonly #simulation: Simulation;

	constructor(
		seed: number,
		/** Shares of bare; what a layer costs by being there is seen where it is left out. */
		readonly costs: { readonly hooks: readonly number[]; readonly presence: readonly number[] },
		readonly noise = 0.02,
	) {
		this.#simulation = new Simulation(seed);
	}

	toggled(sets: number): DesignEvidence {
		const design = designFor({ kind: "factorial", factors, leaveOneOut: false });
		return this.#evidence(design, "toggled", [design.cells.map((_, cell) => cell)], sets, this.costs.hooks);
	}

	absent(some: readonly string[], sets: number): DesignEvidence {
		const { design, blocks } = leftOutOneByOne(factors, some);
		const costs = this.costs.hooks.map((cost, factor) => cost + (this.costs.presence[factor] ?? 0));
		return this.#evidence(design, "absent", blocks, sets, costs);
	}

	#evidence(
		design: DesignEvidence["design"],
		way: DesignEvidence["way"],
		blocks: readonly (readonly number[])[],
		cycles: number,
		costs: readonly number[],
	): DesignEvidence {
		const sets = Array.from({ length: cycles }, () => blocks).flatMap((each) =>
			each.map((cells, block) => {
				const speed = 0.2 * this.#simulation.normal();
				const of = (on: readonly number[]): number =>
					100 * (1 + on.reduce((sum, factor) => sum + (costs[factor] ?? 0), 0));
				return {
					...{ endedAtMs: 1, block, measuredMs: 1, cold: [] },
					figures: design.cells.map(({ on }, cell) =>
						cells.includes(cell) ? figures(of(on) * Math.exp(speed + this.noise * this.#simulation.normal())) : null,
					),
				};
			}),
		);
		return { design, way, sets, failed: design.cells.map(() => false) };
	}
}

const nothing = { hooks: factors.map(() => 0), presence: factors.map(() => 0) };
/** The highest share that n experiments with a true share of at most `limit` show, but for one time in a thousand. */
const atMost = (limit: number, n: number): number => limit + 3.1 * Math.sqrt((limit * (1 - limit)) / n);

function said(matrices: Matrices, some: readonly string[], truth: readonly number[]) {
	const together = { ...rules, effectsTogether: factors.length + some.length };
	const toggled = effectsOfDesign(matrices.toggled(5), together);
	const absent = effectsOfDesign(matrices.absent(some, 3), together);
	const { effects, other } = bothWays(toggled.effects, absent.effects);
	const [remainder] = remaindersOfBothWays(toggled, absent, effects, factors, together);
	const covered = [...effects, ...other.effects].every(({ factor, share, change, low, high }) => {
		// Of bare as that design has it.
		const exact = ((truth[factors.indexOf(factor)] ?? 0) * change) / share;
		return low !== null && high !== null && low <= exact && exact <= high;
	});
	return { covered, remainder, named: effects.filter(({ verdict }) => verdict === "costs" || verdict === "saves") };
}

describe("both ways together", () => {
	it("name a layer that costs nothing in at most one of a hundred matrices, and their intervals hold together", () => {
		const n = 500;
		const found = Array.from({ length: n }, (_, index) =>
			said(new Matrices(index, nothing), ["c", "f"], nothing.hooks),
		);
		expect(found.filter(({ named }) => named.length > 0).length / n).toBeLessThanOrEqual(atMost(0.01, n));
		expect(found.filter(({ covered }) => !covered).length / n).toBeLessThanOrEqual(atMost(0.05, n));
	});

	it("have left over what layers cost by being there that were only skipped", () => {
		const hooks = nothing.hooks.with(2, 0.05).with(4, 0.02);
		const n = 100;
		const found = Array.from({ length: n }, (_, index) =>
			said(new Matrices(index, { hooks, presence: nothing.presence.with(2, 0.02).with(6, 0.1) }, 0.005), ["c"], hooks),
		);
		const shares = found.map(({ remainder }) => remainder?.share ?? Number.NaN);
		expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) / n - 0.1)).toBeLessThan(0.01);
		const held = found.filter(
			({ remainder }) =>
				remainder?.low != null && remainder.high !== null && remainder.low <= 10.5 && remainder.high >= 9.5,
		);
		expect(held.length).toBeGreaterThanOrEqual(90);
		expect(found.filter(({ remainder }) => remainder?.large === true).length).toBeGreaterThanOrEqual(80);
	});
});
