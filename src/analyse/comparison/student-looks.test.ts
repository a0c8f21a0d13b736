import { describe, expect, it } from "vitest";
import { Simulation } from "../../../test/fixtures/simulated-contrasts.js";
import { criticalT } from "./critical-t.js";
import { crossingProbabilityOfT, type Ends } from "./student-looks.js";

const every = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

const atLevel = (level: number) => (observations: number) => criticalT(level, observations);

/** The share of n series of normal observations whose t leaves its critical values at one of the looks. */
function simulated(level: number, looks: readonly number[], n: number, ends: Ends = "both"): number {
	const simulation = new Simulation(31);
	const critical = new Map(looks.map((look) => [look, criticalT(level, look)]));
	const last = looks.at(-1) as number;
	let left = 0;
	for (let series = 0; series < n; series++) {
		let sum = 0;
		let squares = 0;
		for (let count = 1; count <= last; count++) {
			const value = simulation.normal();
			sum += value;
			squares += value * value;
			const limit = critical.get(count);
			if (limit === undefined) continue;
			const spread = Math.sqrt((squares - (sum * sum) / count) / (count - 1));
			if ((ends === "both" ? Math.abs(sum) : sum) <= limit * spread * Math.sqrt(count)) continue;
			left++;
			break;
		}
	}
	return left / n;
}

describe("the chance of t to leave its critical values at one of the looks", () => {
	it.each([0.05, 0.01, 0.001])("is the level %f itself for a single look", (level) => {
		for (const look of [2, 3, 6, 40]) expect(crossingProbabilityOfT(atLevel(level), [look])).toBeCloseTo(level, 8);
	});

	it.each([
		{ level: 0.05, looks: [2, 3, 4, 5] },
		{ level: 0.00231, looks: [6, 9, 12, 16, 20, 26, 32] },
		{ level: 0.00149, looks: every(6, 32) },
		{ level: 0.00105, looks: every(6, 60) },
	])("is that of simulated series: $looks.length looks at $level", ({ level, looks }) => {
		const n = 200_000;
		const share = crossingProbabilityOfT(atLevel(level), looks);
		expect(Math.abs(simulated(level, looks, n) - share)).toBeLessThan(
			3.3 * Math.sqrt((share * (1 - share)) / n) + 0.02 * share,
		);
	});

	it.each([
		{ level: 0.1, looks: [2, 3, 4, 5] },
		{ level: 0.04, looks: every(6, 15) },
		{ level: 0.02, looks: every(6, 60) },
	])("at the upper end alone is that of simulated series: $looks.length looks at $level", ({ level, looks }) => {
		const n = 100_000;
		const share = crossingProbabilityOfT(atLevel(level), looks, "upper");
		const both = crossingProbabilityOfT(atLevel(level), looks);
		expect(share).toBeGreaterThanOrEqual((both / 2) * 0.999);
		expect(Math.abs(simulated(level, looks, n, "upper") - share)).toBeLessThan(
			3.3 * Math.sqrt((share * (1 - share)) / n) + 0.02 * share,
		);
	});

	it("at the upper end alone is half of the level for a single look", () => {
		for (const look of [2, 3, 6, 40]) {
			expect(crossingProbabilityOfT(atLevel(0.05), [look], "upper")).toBeCloseTo(0.025, 8);
		}
	});

	it("grows with the level and with the number of looks", () => {
		const looks = every(6, 20);
		expect(crossingProbabilityOfT(atLevel(0.002), looks)).toBeGreaterThan(
			crossingProbabilityOfT(atLevel(0.001), looks),
		);
		expect(crossingProbabilityOfT(atLevel(0.002), every(6, 30))).toBeGreaterThan(
			crossingProbabilityOfT(atLevel(0.002), looks),
		);
	});
});
