import { describe, expect, it } from "vitest";
import { type MetricName, metricNames } from "#src/model/metric-names.js";
import { judgeDesign, ofEveryMetric } from "../../../test/fixtures/judge-design.js";
import {
	cpuAlone,
	onlyCpu,
	type Said,
	SimulatedComparisons,
	type SimulatedTruth,
} from "../../../test/fixtures/simulated-comparison.js";
import { type SimulatedNoise, Simulation } from "../../../test/fixtures/simulated-contrasts.js";
import { criticalT } from "./critical-t.js";
import { type JudgeDesign, judgeContrasts } from "./judge-contrasts.js";
import { overall } from "./overall.js";
import { mean, trimmedError, trimmedMean } from "./robust.js";

/** Comparisons whose truth is known, judged after every process set as the real ones are; ten times as many: scripts/judge-simulation.ts. */
const design: JudgeDesign = { ...cpuAlone(judgeDesign, 0.01), mostSets: 32 };
/** The margin is so small that it is the interval which decides, as with a user who wants to know of everything. */
const strict: JudgeDesign = { ...design, margins: ofEveryMetric(1e-9) };
/** A set of 1.2 s in slices of 15 ms; the middle of the rounds has a standard deviation of 8 %, all of them of 12 % and more. */
const noise = (processSd: number): SimulatedNoise => ({ processSd, roundSd: 0.12, rounds: 40 });

interface Outcome {
	readonly verdict: string;
	readonly sets: number;
	/** Whether the truth was within the interval at every look. */
	readonly covered: boolean;
}

/** One comparison, with looks after every set until it is decided. */
function compare(contrast: (set: number) => number, truth: number, how: JudgeDesign): Outcome {
	const cpu: number[] = [];
	let covered = true;
	for (let set = 0; ; set++) {
		cpu.push(contrast(set));
		if (cpu.length < how.firstLook) continue;
		const judged = judgeContrasts(onlyCpu(cpu), how);
		const { low, high } = judged.find(({ metric }) => metric === "cpu") as { low: number; high: number };
		covered &&= low <= truth && truth <= high;
		const { verdict, ending } = overall(judged, how);
		if (ending !== null) return { verdict, sets: cpu.length, covered };
	}
}

const repeat = <T>(n: number, once: (experiment: number) => T): T[] => Array.from({ length: n }, (_, i) => once(i));
const share = <T>(outcomes: readonly T[], fits: (outcome: T) => boolean): number =>
	outcomes.filter(fits).length / outcomes.length;
const claims = (verdict: string): boolean => verdict === "regressed" || verdict === "improved";

/** The highest share that n experiments with a true share of at most `limit` show, but for one time in a thousand. */
const atMost = (limit: number, n: number): number => limit + 3.1 * Math.sqrt((limit * (1 - limit)) / n);

const said = (n: number, seed: number, truth: Partial<SimulatedTruth>, how: JudgeDesign): Said[] => {
	const simulation = new SimulatedComparisons(seed);
	const whole = { change: 0, processSd: 0, roundSd: 0.12, kinds: 0, ...truth };
	return repeat(n, () => simulation.compare(whole, how));
};
const differs = ({ regressed, improved }: Said): boolean => regressed || improved;

describe("no difference", { timeout: 60_000 }, () => {
	it.each([
		{ title: "process bias 0", truth: {} },
		{ title: "process bias 0.3 %", truth: { processSd: 0.003 } },
		{ title: "process bias 1 %", truth: { processSd: 0.01 } },
		{ title: "processes of two kinds, 30 % apart", truth: { processSd: 0.01, kinds: Math.log(1.3) } },
	])("is taken for one in at most one of a hundred comparisons, early looks included: $title", ({ truth }) => {
		const n = 300;
		const all = said(n, 11, truth, strict);
		expect(share(all, differs)).toBeLessThanOrEqual(atMost(0.01, n));
		expect(share(all, ({ early }) => early)).toBeLessThanOrEqual(atMost(0.001, n));
		expect(share(all, ({ covered }) => !covered)).toBeLessThanOrEqual(atMost(0.01, n));
	});

	it("is not left out by more than one in a hundred intervals over all looks, in the worst case: normal contrasts", () => {
		const n = 2_000;
		const simulation = new Simulation(18);
		const missed = share(
			repeat(n, () => compare(() => simulation.normal(), 0, strict)),
			({ covered }) => !covered,
		);
		expect(missed).toBeLessThanOrEqual(atMost(0.01, n));
		// What is promised to the looks from the first on is spent, and not a half of it.
		expect(missed).toBeGreaterThan(0.005);
	});

	it.each([
		{ sd: 0.015, margin: 0.03, power: 0.97 },
		{ sd: 0.025, margin: 0.03, power: 0.7 },
		{ sd: 0.025, margin: 0.05, power: 0.99 },
	])("is said to be none within 12 sets that differ by $sd, within a margin of $margin", ({ sd, margin, power }) => {
		const how = { ...cpuAlone(judgeDesign, margin), mostSets: 12 };
		const all = said(400, 19, { processSd: sd, roundSd: 0 }, how);
		expect(share(all, ({ noChange }) => noChange)).toBeGreaterThan(power);
	});

	it("is taken for one far more often by an analysis that takes rounds for replicates", () => {
		const n = 300;
		const naive = (sets: number, rounds: number, bias: number): number => {
			const simulation = new Simulation(12);
			const found = repeat(n, () => {
				const all = repeat(sets, () => simulation.rounds(0, { ...noise(bias), rounds })).flat();
				const { error, degrees } = trimmedError(all);
				return Math.abs(trimmedMean(all) / error) > criticalT(0.01, degrees + 1);
			});
			return share(found, (each) => each);
		};
		// One pair of processes for a minute, as most tools would do it.
		expect(naive(1, 1_500, 0)).toBeLessThanOrEqual(atMost(0.01, n));
		expect(naive(1, 1_500, 0.003)).toBeGreaterThan(0.05);
		expect(naive(1, 1_500, 0.01)).toBeGreaterThan(0.4);
		// Many pairs, whose rounds are thrown together.
		expect(naive(32, 40, 0.01)).toBeGreaterThan(atMost(0.01, n));
	});
});

describe("all metrics at once", { timeout: 60_000 }, () => {
	const all: JudgeDesign = {
		...strict,
		weights: { ...ofEveryMetric(0.1), cpu: 0.3, p50: 0.2 },
		primary: metricNames,
		mostSets: 14,
	};
	const n = 500;

	/** The share of comparisons, looked at until the last set, in which any of the metrics without a difference is said to differ. */
	function falseClaims(different: Readonly<Partial<Record<MetricName, number>>>, inCommon: number): number {
		const simulation = new Simulation(13);
		const nulls = metricNames.filter((metric) => all.weights[metric] !== undefined && different[metric] === undefined);
		const wrong = repeat(n, () => {
			const contrasts = Object.fromEntries(metricNames.map((name) => [name, []])) as unknown as Record<
				MetricName,
				number[]
			>;
			for (let set = 1; set <= all.mostSets; set++) {
				const shared = simulation.normal();
				for (const metric of metricNames) {
					const own = Math.sqrt(1 - inCommon) * simulation.normal() + Math.sqrt(inCommon) * shared;
					contrasts[metric].push(0.02 * own + (different[metric] ?? 0));
				}
				if (set < all.firstLook) continue;
				const judged = judgeContrasts(contrasts, all);
				if (judged.some(({ metric, verdict }) => nulls.includes(metric) && claims(verdict))) return true;
			}
			return false;
		});
		return share(wrong, (each) => each);
	}

	it.each([{ inCommon: 0 }, { inCommon: 0.7 }])(
		"without a difference are not said to differ, all of them together ($inCommon of the variance in common)",
		({ inCommon }) => {
			expect(falseClaims({}, inCommon)).toBeLessThanOrEqual(atMost(0.01, n));
		},
	);

	it("of which two differ: their shares of alpha pass on, and the others are still not said to differ", () => {
		expect(falseClaims({ cpu: 0.1, p50: 0.1 }, 0)).toBeLessThanOrEqual(atMost(0.01, n));
	});
});

describe("a difference", { timeout: 60_000 }, () => {
	const experiments = (n: number, seed: number, change: number, of: SimulatedNoise, how = design): Outcome[] => {
		const simulation = new Simulation(seed);
		const truth = Math.log1p(change);
		return repeat(n, () => compare(() => trimmedMean(simulation.rounds(truth, of)), truth, how));
	};

	// Planned: with a process bias of 1 % and these rounds a set has a standard deviation of 1.6 %.
	it.each([
		{ change: 0.02, within: 32, power: 0.9 },
		{ change: 0.05, within: 10, power: 0.95 },
		{ change: 0.1, within: 7, power: 0.95 },
	])("of $change is found within $within sets", ({ change, within, power }) => {
		const outcomes = experiments(500, 14, change, noise(0.01));
		expect(share(outcomes, ({ verdict, sets }) => verdict === "regressed" && sets <= within)).toBeGreaterThan(power);
		expect(share(outcomes, ({ verdict }) => verdict === "improved")).toBe(0);
	});

	it("that is an improvement is called one", () => {
		const outcomes = experiments(500, 15, -0.05, noise(0.01));
		expect(share(outcomes, ({ verdict }) => verdict === "improved")).toBeGreaterThan(0.95);
		expect(share(outcomes, ({ verdict }) => verdict === "regressed")).toBe(0);
	});

	it.each([
		{ title: "normal contrasts", truth: { processSd: 0.01, roundSd: 0 } },
		{ title: "process bias 0", truth: {} },
		{ title: "process bias 1 %", truth: { processSd: 0.01 } },
	])("as large as the margin is taken for none in at most 5 of a hundred comparisons: $title", ({ truth }) => {
		const n = 500;
		const margin = 0.03;
		const all = said(
			n,
			16,
			{ ...truth, change: Math.log1p(margin) },
			{ ...cpuAlone(judgeDesign, margin), mostSets: 20 },
		);
		expect(share(all, ({ noChange }) => noChange)).toBeLessThanOrEqual(atMost(0.05, n));
	});

	it("by a factor of three is told after two or three sets", () => {
		const how = { ...cpuAlone(judgeDesign, 0.02), weights: judgeDesign.weights, mostSets: 6 };
		const all = said(300, 20, { change: Math.log(3), processSd: 0.05 }, how);
		expect(share(all, ({ sets, regressed }) => regressed && (sets ?? 9) <= 3)).toBeGreaterThan(0.97);
	});

	it("is not found where there is too much noise, and that is said", () => {
		const outcomes = experiments(200, 17, 0.01, noise(0.08));
		expect(share(outcomes, ({ verdict }) => verdict === "cannot tell")).toBeGreaterThan(0.9);
		expect(mean(outcomes.map(({ sets }) => sets))).toBeGreaterThan(25);
	});
});
