import { describe, expect, it } from "vitest";
import { type SimulatedNoise, Simulation } from "../../../test/fixtures/simulated-contrasts.js";
import type { MetricName } from "../../model/comparison.js";
import { type ContrastsByMetric, type JudgeDesign, judgeContrasts, overall } from "./judge-contrasts.js";
import { criticalT } from "./looks.js";
import { mean, trimmedError, trimmedMean } from "./robust.js";

/** Thousands of comparisons whose truth is known, judged after every process set as the real ones are. */
const design: JudgeDesign = {
	alpha: 0.01,
	margins: { cpu: 0.01, alloc: 0.01, p50: 0.01, p99: 0.01, "p99.9": 0.01, errors: 0.001 },
	weights: { cpu: 1 },
	primary: ["cpu"],
	firstLook: 6,
	mostSets: 32,
	seed: 1,
};
const noise = (processSd: number): SimulatedNoise => ({ processSd, roundSd: 0.12, rounds: 25 });
const empty: ContrastsByMetric = { cpu: [], alloc: [], p50: [], p99: [], "p99.9": [], errors: [] };

interface Outcome {
	readonly verdict: string;
	readonly sets: number;
	readonly covered: boolean;
}

/** One comparison, with looks after every set until it is decided. */
function compare(simulation: Simulation, change: number, of: SimulatedNoise, with_: JudgeDesign = design): Outcome {
	const cpu: number[] = [];
	let covered = true;
	for (;;) {
		cpu.push(trimmedMean(simulation.rounds(change, of)));
		if (cpu.length < with_.firstLook) continue;
		const judged = judgeContrasts({ ...empty, cpu }, with_);
		const { low, high } = judged[0] as { low: number; high: number };
		covered &&= low <= change && change <= high;
		const { verdict, decided } = overall(judged, with_);
		if (decided || cpu.length === with_.mostSets) return { verdict, sets: cpu.length, covered };
	}
}

const repeat = (n: number, seed: number, once: (simulation: Simulation) => Outcome): Outcome[] => {
	const simulation = new Simulation(seed);
	return Array.from({ length: n }, () => once(simulation));
};
const share = (outcomes: readonly Outcome[], fits: (outcome: Outcome) => boolean): number =>
	outcomes.filter(fits).length / outcomes.length;
const claimed = ({ verdict }: Outcome): boolean => verdict === "regressed" || verdict === "improved";

/** The highest share that n experiments with a true share of at most `limit` show, but for one time in a thousand. */
const atMost = (limit: number, n: number): number => limit + 3.1 * Math.sqrt((limit * (1 - limit)) / n);

const A_A = 4_000;

describe("no difference", { timeout: 60_000 }, () => {
	it.each([{ bias: 0 }, { bias: 0.003 }, { bias: 0.01 }])(
		"is taken for one in at most one of a hundred comparisons, with a process bias of $bias",
		({ bias }) => {
			// The margin is so small that it is the interval which decides, as with a user who wants to know of everything.
			const strict = { ...design, margins: { ...design.margins, cpu: 1e-6 } };
			const outcomes = repeat(A_A, 11, (simulation) => compare(simulation, 0, noise(bias), strict));
			expect(share(outcomes, claimed)).toBeLessThanOrEqual(atMost(0.01, A_A));
			// The interval holds at all looks of a comparison together.
			expect(share(outcomes, ({ covered }) => !covered)).toBeLessThanOrEqual(atMost(0.01, A_A));
		},
	);

	it("is taken for one far more often by an analysis that takes rounds for replicates", () => {
		const naive = (bias: number): number => {
			const simulation = new Simulation(12);
			const n = 1_000;
			let claims = 0;
			for (let i = 0; i < n; i++) {
				const rounds = Array.from({ length: 12 }, () => simulation.rounds(0, noise(bias))).flat();
				const { error, degrees } = trimmedError(rounds);
				if (Math.abs(trimmedMean(rounds) / error) > criticalT(0.01, degrees + 1)) claims++;
			}
			return claims / n;
		};
		expect(naive(0)).toBeLessThanOrEqual(atMost(0.01, 1_000));
		expect(naive(0.01)).toBeGreaterThan(atMost(0.01, 1_000));
		expect(naive(0.03)).toBeGreaterThan(0.1);
	});

	it("in six metrics at once is taken for one in at most 1 % of comparisons", () => {
		const metrics: MetricName[] = ["cpu", "alloc", "p50", "p99", "p99.9", "errors"];
		const all: JudgeDesign = {
			...design,
			margins: { cpu: 1e-6, alloc: 1e-6, p50: 1e-6, p99: 1e-6, "p99.9": 1e-6, errors: 1e-6 },
			weights: { cpu: 0.4, alloc: 0.15, p50: 0.15, p99: 0.1, "p99.9": 0.1, errors: 0.1 },
			primary: metrics,
			mostSets: 16,
		};
		const n = 1_500;
		const simulation = new Simulation(13);
		let claims = 0;
		for (let i = 0; i < n; i++) {
			const contrasts = Object.fromEntries(metrics.map((metric) => [metric, [] as number[]])) as Record<
				MetricName,
				number[]
			>;
			for (let set = 1; set <= all.mostSets; set++) {
				for (const metric of metrics) contrasts[metric].push(0.02 * simulation.normal());
				if (set < all.firstLook) continue;
				if (!["regressed", "improved"].includes(overall(judgeContrasts(contrasts, all), all).verdict)) continue;
				claims++;
				break;
			}
		}
		expect(claims / n).toBeLessThanOrEqual(atMost(0.01, n));
	});
});

describe("a difference", { timeout: 60_000 }, () => {
	const n = 400;
	// Planned: with a process bias of 1 % and these rounds a set has a standard deviation of about 2 %.
	it.each([
		{ change: 0.02, within: 32, power: 0.9 },
		{ change: 0.05, within: 10, power: 0.95 },
		{ change: 0.1, within: 7, power: 0.95 },
	])("of $change is found within $within sets", ({ change, within, power }) => {
		const outcomes = repeat(n, 14, (simulation) => compare(simulation, Math.log1p(change), noise(0.01)));
		expect(share(outcomes, ({ verdict, sets }) => verdict === "regressed" && sets <= within)).toBeGreaterThanOrEqual(
			power,
		);
		expect(share(outcomes, ({ verdict }) => verdict === "improved")).toBe(0);
	});

	it("that is an improvement is called one", () => {
		const outcomes = repeat(n, 15, (simulation) => compare(simulation, Math.log1p(-0.05), noise(0.01)));
		expect(share(outcomes, ({ verdict }) => verdict === "improved")).toBeGreaterThan(0.95);
		expect(share(outcomes, ({ verdict }) => verdict === "regressed")).toBe(0);
	});

	it("as large as the margin is rarely taken for none", () => {
		const wide = { ...design, margins: { ...design.margins, cpu: 0.05 } };
		const outcomes = repeat(500, 16, (simulation) => compare(simulation, Math.log1p(0.05), noise(0.01), wide));
		expect(share(outcomes, ({ verdict }) => verdict === "no change")).toBeLessThanOrEqual(atMost(0.01, 500));
	});

	it("is not found where there is too much noise, and that is said", () => {
		const outcomes = repeat(200, 17, (simulation) => compare(simulation, Math.log1p(0.01), noise(0.08)));
		expect(share(outcomes, ({ verdict }) => verdict === "cannot tell")).toBeGreaterThan(0.9);
		expect(mean(outcomes.map(({ sets }) => sets))).toBeGreaterThan(25);
	});
});
