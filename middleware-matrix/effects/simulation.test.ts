import { describe, expect, it } from "vitest";
import { blocksOf } from "#matrix/designs/blocks.js";
import type { Design, DesignKind } from "#matrix/designs/design.js";
import { designFor } from "#matrix/designs/design-for.js";
import { Simulation } from "../../test/fixtures/simulated-contrasts.js";
import { type EffectRules, type Effects, estimateEffects } from "./estimate-effects.js";
import type { EvidenceOfSet } from "./evidence.js";

/**
 * Thousands of matrices of eight layers whose truth is known, on a machine whose speed differs by 20 % from set to set.
 */
const factors = [..."abcdefgh"];
const rules: EffectRules = { confidence: 0.95, alpha: 0.01, margin: 0.02, moreIsBetter: false };
/** The margin is so small that it is the test which decides. */
const strict: EffectRules = { ...rules, margin: 1e-9 };
const nothing = factors.map(() => 0);
/** Shares of bare. */
const stack = [0, 0, 0.01, 0.02, 0.05, 0.1, 0, 0.01];
const designOf = (kind: DesignKind, leaveOneOut = false): Design => designFor({ kind, factors, leaveOneOut });
const oneAtATime = designOf("one-at-a-time");

/**
 * Of one process, with a standard deviation of 1. t5: Student's t with 5 degrees of freedom; rounds: what is left of
 * heavy-tailed slices.
 */
type Noise = "normal" | "t5" | "rounds";

class Matrices {
	readonly #simulation: Simulation;
	/** Speed of the machine in the matrix made last, over all its sets: their levels are at that. */
	speed = 1;

	constructor(
		seed: number,
		readonly noise: Noise,
		readonly processSd: number,
	) {
		this.#simulation = new Simulation(seed);
	}

	sets(design: Design, shares: readonly number[], count: number, blocks = [[...design.cells.keys()]]): EvidenceOfSet[] {
		const speeds = Array.from({ length: count }, () => 0.2 * this.#simulation.normal());
		this.speed = Math.exp(speeds.reduce((sum, speed) => sum + speed, 0) / count);
		return speeds.map((speed, set) => {
			const block = set % blocks.length;
			const values = design.cells.map(({ on }, cell) => {
				if (blocks[block]?.includes(cell) === false) return null;
				const cost = 100 * on.reduce((sum, factor) => sum + (shares[factor] ?? 0), 1);
				return cost * Math.exp(speed + this.processSd * this.#ofProcess());
			});
			return { block, values };
		});
	}

	/** What one of 20 rounds, each of some slices, differs by from the mean of its process. */
	round = (): number => 0.02 * this.#simulation.heavy();

	#ofProcess(): number {
		const normal = (): number => this.#simulation.normal();
		switch (this.noise) {
			case "normal":
				return normal();
			case "t5": {
				const squares = Array.from({ length: 5 }, normal).reduce((sum, value) => sum + value ** 2, 0);
				return normal() * Math.sqrt(3 / squares);
			}
			case "rounds": {
				const rounds = Array.from({ length: 20 }, () => this.#simulation.heavy());
				return (normal() + rounds.reduce((sum, value) => sum + value, 0) / Math.sqrt(20)) / Math.SQRT2;
			}
		}
	}
}

interface Found extends Effects {
	/** Whether all intervals together hold the truth. */
	readonly covered: boolean;
	readonly named: readonly string[];
	readonly first: string;
}

function judge(
	design: Design,
	sets: readonly EvidenceOfSet[],
	shares: readonly number[],
	speed: number,
	how: EffectRules,
): Found {
	const found = estimateEffects(design, "cpu", "ns", sets, how);
	if (found === null) throw new Error("nothing was estimated");
	const holds = ({ low, high }: { low: number | null; high: number | null }, truth: number): boolean =>
		low !== null && high !== null && low <= truth && truth <= high;
	const covered = found.effects.every((effect) =>
		holds(effect, 100 * speed * (shares[factors.indexOf(effect.factor)] ?? 0)),
	);
	const named = found.effects.flatMap(({ factor, verdict }) => (["costs", "saves"].includes(verdict) ? [factor] : []));
	const [first] = found.effects.toSorted((a, b) => (a.p ?? 1) - (b.p ?? 1));
	return {
		...found,
		covered: covered && (found.remainder === null || holds(found.remainder, 0)),
		named,
		first: first?.factor ?? "",
	};
}

function repeat(
	n: number,
	matrices: Matrices,
	design: Design,
	shares: readonly number[],
	sets: number,
	how = rules,
): Found[] {
	return Array.from({ length: n }, () => {
		const evidence = matrices.sets(design, shares, sets);
		return judge(design, evidence, shares, matrices.speed, how);
	});
}
const share = <T>(of: readonly T[], fits: (each: T) => boolean): number => of.filter(fits).length / of.length;
/** The highest share that n experiments with a true share of at most `limit` show, but for one time in a thousand. */
const atMost = (limit: number, n: number): number => limit + 3.1 * Math.sqrt((limit * (1 - limit)) / n);

describe("intervals", () => {
	it.each([
		{ kind: "one-at-a-time", noise: "normal", sets: 3 },
		{ kind: "one-at-a-time", noise: "t5", sets: 4 },
		{ kind: "one-at-a-time", noise: "rounds", sets: 6 },
		{ kind: "factorial", noise: "t5", sets: 3 },
	] as const)(
		"of all effects and the remainder hold the truth together ($kind, $noise, $sets sets)",
		({ kind, noise, sets }) => {
			const n = 300;
			const found = repeat(n, new Matrices(21, noise, 0.015), designOf(kind), stack, sets);
			expect(share(found, ({ covered }) => !covered)).toBeLessThanOrEqual(atMost(0.05, n));
		},
	);

	it("hold it in blocks with common references, without bias, and where cells failed", () => {
		const n = 250;
		const matrices = new Matrices(22, "normal", 0.01);
		const blocks = blocksOf(oneAtATime, 6);
		const failed = oneAtATime.cells.findIndex(({ name }) => name === "c alone");
		const sum = nothing.slice();
		const found = Array.from({ length: n }, () => {
			const evidence = matrices.sets(oneAtATime, stack, 3 * blocks.length, blocks);
			const without = evidence.map(({ block, values }) => ({ block, values: values.with(failed, null) }));
			const judged = judge(oneAtATime, without, stack, matrices.speed, rules);
			for (const { factor, share: of } of judged.effects)
				sum[factors.indexOf(factor)] = (sum[factors.indexOf(factor)] ?? 0) + of;
			return judged;
		});
		expect(share(found, ({ covered }) => !covered)).toBeLessThanOrEqual(atMost(0.05, n));
		const bias = sum.map((total, factor) => (factor === 2 ? 0 : total / n - (stack[factor] ?? 0)));
		// The standard error of each mean is 0.05 %.
		for (const each of bias) expect(Math.abs(each)).toBeLessThan(0.0015);
	});
});

describe("layers that cost nothing", () => {
	it.each([
		{ kind: "one-at-a-time", noise: "normal", sets: 4, how: strict },
		{ kind: "one-at-a-time", noise: "t5", sets: 3, how: strict },
		{ kind: "one-at-a-time", noise: "rounds", sets: 5, how: strict },
		{ kind: "factorial", noise: "t5", sets: 4, how: strict },
	] as const)(
		"are named in at most one of a hundred matrices ($kind, $noise, $sets sets)",
		({ kind, noise, sets, how }) => {
			const n = 700;
			const found = repeat(n, new Matrices(23, noise, 0.02), designOf(kind), nothing, sets, how);
			expect(share(found, ({ named }) => named.length > 0)).toBeLessThanOrEqual(atMost(0.01, n));
		},
	);

	it("are named far more often by an analysis that takes rounds of one set of processes for replicates", () => {
		const n = 100;
		const matrices = new Matrices(24, "normal", 0.015);
		const found = Array.from({ length: n }, () => {
			const [one] = matrices.sets(oneAtATime, nothing, 1);
			const rounds = Array.from({ length: 20 }, () => ({
				block: 0,
				values: (one as EvidenceOfSet).values.map((value) => (value ?? 0) * Math.exp(matrices.round())),
			}));
			return judge(oneAtATime, rounds, nothing, matrices.speed, rules);
		});
		expect(share(found, ({ named }) => named.length > 0)).toBeGreaterThan(0.1);
		expect(share(found, ({ covered }) => !covered)).toBeGreaterThan(0.3);
	});
});

describe("layers that cost something", () => {
	const culprit = nothing.with(7, 0.05);

	it.each([
		{ kind: "one-at-a-time", sets: 4, power: 0.9 },
		{ kind: "one-at-a-time", sets: 5, power: 0.97 },
		{ kind: "factorial", sets: 3, power: 0.99 },
	] as const)("5 % among eight is named first ($kind, $sets sets)", ({ kind, sets, power }) => {
		const n = 300;
		const found = repeat(n, new Matrices(25, "normal", 0.015), designOf(kind), culprit, sets);
		expect(share(found, ({ first, named }) => first === "h" && named.includes("h"))).toBeGreaterThan(power);
		expect(share(found, ({ named }) => named.some((name) => name !== "h"))).toBeLessThanOrEqual(atMost(0.01, n));
	});

	it.each([
		{ name: "two culprits", shares: nothing.with(1, 0.05).with(6, 0.08), costs: ["b", "g"], saves: [] },
		{ name: "a pair of +5 % and −5 %", shares: nothing.with(2, 0.05).with(3, -0.05), costs: ["c"], saves: ["d"] },
	])("$name come out as such", ({ shares, costs, saves }) => {
		const found = repeat(250, new Matrices(26, "normal", 0.015), oneAtATime, shares, 6);
		const called = ({ effects }: Found, as: string): string[] =>
			effects.flatMap(({ factor, verdict }) => (verdict === as ? [factor] : []));
		const right = (one: Found): boolean =>
			costs.every((name) => called(one, "costs").includes(name)) &&
			saves.every((name) => called(one, "saves").includes(name));
		expect(share(found, right)).toBeGreaterThan(0.97);
		expect(share(found, ({ named }) => named.length > 2)).toBeLessThanOrEqual(atMost(0.01, 250));
	});

	it("are not found where variants are not measured in common sets", () => {
		const matrices = new Matrices(27, "normal", 0.015);
		const found = Array.from({ length: 200 }, () => {
			const apart = oneAtATime.cells.map((_, cell) =>
				matrices.sets(oneAtATime, culprit, 6).map(({ values }) => values[cell] ?? null),
			);
			const unpaired = Array.from({ length: 6 }, (_, set) => ({
				block: 0,
				values: apart.map((of) => of[set] ?? null),
			}));
			return judge(oneAtATime, unpaired, culprit, 1, rules);
		});
		expect(share(found, ({ named }) => named.includes("h"))).toBeLessThan(0.05);
	});
});
