import { betaCdf } from "#src/analyse/statistics/distributions.js";
import { highestValueOf } from "./buckets.js";
import type { LatencyHistogram } from "./histogram.js";

/** Beyond so many standard deviations of the rank an order statistic has no weight that a double could tell. */
const REACH = 9;

/**
 * The quantile that a sample of so many answers has on average, in nanoseconds: the mean of the logarithms of all order statistics,
 * each weighted by the probability that it is the one (Harrell and Davis 1982, Biometrika 69: increments of the beta distribution
 * with (n + 1) q and (n + 1) (1 − q)).
 *
 * The quantile of few answers is nearly their largest, so a side that answers more often has another figure although nothing differs.
 * Held at the same number of answers, two sides of the same code have the same expectation. Null without answers.
 *
 * @param quantile 0…1
 * @param answers of the sample; usually those of the side that has fewer
 */
export function quantileOfSample(histogram: LatencyHistogram, quantile: number, answers: number): number | null {
	const { buckets, counts, totalCount } = histogram;
	if (totalCount === 0 || answers < 1) return null;
	const [alpha, beta] = [(answers + 1) * quantile, (answers + 1) * (1 - quantile)];
	const reach = REACH * Math.sqrt((quantile * (1 - quantile)) / (answers + 2)) + 1 / answers;
	const [from, to] = [quantile - reach, quantile + reach];
	let seen = 0;
	let weighed = 0;
	let meanLog = 0;
	for (let i = 0; i < buckets.length && weighed < 1; i++) {
		seen += counts[i] as number;
		const share = seen / totalCount;
		if (share < from) continue;
		const upTo = share >= to || i === buckets.length - 1 ? 1 : betaCdf(share, alpha, beta);
		meanLog += (upTo - weighed) * Math.log(Math.max(1, highestValueOf(buckets[i] as number)));
		weighed = upTo;
	}
	return Math.exp(meanLog);
}
