import { describe, expect, it } from "vitest";
import { normalQuantile } from "#src/analyse/statistics/distributions.js";
import { seededRandom } from "#src/random.js";
import { bucketOf } from "./buckets.js";
import { histogramFromPairs, type LatencyHistogram } from "./histogram.js";
import { estimatePercentiles, smallestSampleFor } from "./percentiles.js";
import { REPORTED_QUANTILES } from "./reported-quantiles.js";

const TABLE_SIZE = 2 ** 16;
/** Equally likely values of the standard normal distribution; drawing from a table is what makes 1,000 windows quick. */
const normalTable = Float64Array.from({ length: TABLE_SIZE }, (_, i) => normalQuantile((i + 0.5) / TABLE_SIZE));
const normal = (uniform: () => number) => () => normalTable[Math.floor(uniform() * TABLE_SIZE)] as number;

function histogramOf(values: readonly number[]): LatencyHistogram {
	const sorted = Uint32Array.from(values, (value) => bucketOf(Math.round(value))).sort();
	const pairs: number[] = [];
	for (const bucket of sorted) {
		if (pairs.at(-2) === bucket) pairs[pairs.length - 1] = (pairs.at(-1) as number) + 1;
		else pairs.push(bucket, 1);
	}
	return histogramFromPairs(Uint32Array.from(pairs));
}

interface Simulation {
	readonly windows: number;
	/** Latencies are log-normal: 1 ms · exp(0.5 · z + shift of the block). */
	readonly blockSd: number;
	/** Of the blocks' shifts, from one block to the next. */
	readonly correlation: number;
	/** Whether the samples are dealt out to the blocks at random, which hides what they share. */
	readonly dealt?: boolean;
}

const BLOCKS = 40;
const SAMPLES_PER_BLOCK = 40;
const WITHIN_SD = 0.5;
const Z = new Map([
	[0.5, 0],
	[0.95, 1.6448536],
	[0.99, 2.3263479],
]);

/** By quantile, the share of windows whose interval covers the true one. */
function coverage({ windows, blockSd, correlation, dealt }: Simulation): Map<number, number> {
	const uniform = seededRandom(20_260_101);
	const gauss = normal(uniform);
	const covered = new Map([...Z.keys()].map((quantile) => [quantile, 0]));
	for (let window = 0; window < windows; window++) {
		let shift = gauss() * blockSd;
		const blocks = Array.from({ length: BLOCKS }, () => {
			shift = correlation * shift + Math.sqrt(1 - correlation ** 2) * blockSd * gauss();
			return Array.from({ length: SAMPLES_PER_BLOCK }, () => 1e6 * Math.exp(WITHIN_SD * gauss() + shift));
		});
		const all = blocks.flat();
		const used = dealt ? blocks.map((_, block) => all.filter((_, i) => i % BLOCKS === block)) : blocks;
		for (const { quantile, lowNs, highNs } of estimatePercentiles(used.map(histogramOf), [...Z.keys()])) {
			const truth = 1e6 * Math.exp((Z.get(quantile) ?? 0) * Math.hypot(WITHIN_SD, blockSd));
			// The ends are the upper ends of their buckets, which are 0.1 % wide.
			const covers = (lowNs ?? Infinity) * 0.999 <= truth && truth <= (highNs ?? 0);
			if (covers) covered.set(quantile, (covered.get(quantile) ?? 0) + 1 / windows);
		}
	}
	return covered;
}

describe("intervals, in 500 simulated windows,", () => {
	const windows = 500;
	// The standard error of a coverage of 95 % is 1.0 points; four of them are allowed.
	const slack = 4 * Math.sqrt((0.95 * 0.05) / windows);

	const expectCoverage = (simulation: Simulation, atLeast: number): void => {
		for (const [quantile, share] of coverage(simulation)) {
			expect(share, `p${100 * quantile}`).toBeGreaterThan(atLeast - slack);
			expect(share, `p${100 * quantile}`).toBeLessThan(0.99);
		}
	};

	it("cover the truth where requests are independent", () => {
		expectCoverage({ windows, blockSd: 0, correlation: 0 }, 0.95);
	});

	it("cover it where the requests of a block share their fate", () => {
		expectCoverage({ windows, blockSd: 0.2, correlation: 0 }, 0.95);
	});

	it("cover it not quite where disturbances outlast a block", () => {
		// Lag-one correlation 0.5: forty blocks tell as much as thirteen independent ones.
		expectCoverage({ windows, blockSd: 0.2, correlation: 0.5 }, 0.86);
	});

	it("would be far too narrow if requests were taken for independent", () => {
		const shares = coverage({ windows: 200, blockSd: 0.2, correlation: 0, dealt: true });
		expect(shares.get(0.5)).toBeLessThan(0.75);
	});
});

describe("estimatePercentiles", () => {
	it("knows below which sample there is no interval", () => {
		expect(REPORTED_QUANTILES.map(smallestSampleFor)).toEqual([6, 36, 72, 368, 3_688]);
		for (const quantile of REPORTED_QUANTILES) {
			const n = smallestSampleFor(quantile);
			expect(quantile ** n).toBeLessThanOrEqual(0.025);
			expect(quantile ** (n - 1)).toBeGreaterThan(0.025);
		}
	});

	const blocksOf = (total: number): LatencyHistogram[] =>
		Array.from({ length: 4 }, (_, block) =>
			histogramOf(Array.from({ length: total / 4 }, (_, i) => 1_000 + 4 * i + block)),
		);

	it("gives values without intervals where samples are too few", () => {
		const estimates = estimatePercentiles(blocksOf(68));
		expect(estimates.map((estimate) => estimate.quantile)).toEqual([...REPORTED_QUANTILES]);
		const p95 = estimates[2];
		expect(p95?.valueNs).toBeGreaterThan(0);
		expect([p95?.lowNs, p95?.highNs]).toEqual([null, null]);
		expect(estimates[0]?.lowNs).not.toBeNull();
	});

	it("encloses each value in its interval", () => {
		const estimates = estimatePercentiles(blocksOf(40_000));
		for (const { lowNs, valueNs, highNs } of estimates) {
			expect(lowNs).toBeLessThanOrEqual(valueNs);
			expect(highNs).toBeGreaterThanOrEqual(valueNs);
		}
		expect(estimates[0]?.lowNs).toBeLessThan(estimates[0]?.valueNs ?? 0);
		expect(estimates[0]?.highNs).toBeGreaterThan(estimates[0]?.valueNs ?? Infinity);
	});

	it("has nothing to say without samples, and no interval from a single block", () => {
		expect(estimatePercentiles([])).toEqual([]);
		expect(estimatePercentiles([histogramOf([])])).toEqual([]);
		const [median] = estimatePercentiles([histogramOf([1, 2, 3, 4, 5, 6, 7, 8, 9])], [0.5]);
		expect(median).toEqual({ quantile: 0.5, valueNs: 5, lowNs: null, highNs: null });
	});
});

it("says nothing above the largest sample, where a bucket ends above it", () => {
	const blocks = [1, 2, 3, 4].map((block) =>
		histogramOf(Array.from({ length: 1_000 }, (_, i) => 4_490_001 + i * block)),
	);
	const largest = 4_490_001 + 999 * 4;
	const free = estimatePercentiles(blocks).at(-1);
	expect(free?.valueNs).toBeGreaterThan(largest);
	for (const { valueNs, lowNs, highNs } of estimatePercentiles(blocks, REPORTED_QUANTILES, largest)) {
		expect(valueNs).toBeLessThanOrEqual(largest);
		expect(highNs ?? 0).toBeLessThanOrEqual(largest);
		expect(lowNs ?? 0).toBeLessThanOrEqual(valueNs);
	}
});
