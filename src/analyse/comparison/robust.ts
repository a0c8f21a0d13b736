/** Averages that a few wild values do not move. Slices are heavy-tailed: a collection or a neighbour hits some of them. */

/** At each end. Rounds have tails so heavy that their middle third says more than four fifths of them: docs/method.md. */
const TRIMMED_SHARE = 0.35;

export const mean = (values: readonly number[]): number =>
	values.reduce((sum, value) => sum + value, 0) / values.length;

const ascending = (values: readonly number[]): number[] => [...Float64Array.from(values).sort()];

/** Standard deviation of a sample; 0 for fewer than two values. */
export function standardDeviation(values: readonly number[]): number {
	if (values.length < 2) return 0;
	const centre = mean(values);
	const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
	return Math.sqrt(squares / (values.length - 1));
}

/** NaN without values. */
export function median(values: readonly number[]): number {
	const sorted = ascending(values);
	const middle = sorted.length >> 1;
	const upper = sorted[middle] ?? Number.NaN;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The mean of what is left when the given share of values has been cut off at each end. NaN without values. */
export function trimmedMean(values: readonly number[], share = TRIMMED_SHARE): number {
	const cut = Math.floor(values.length * share);
	return mean(ascending(values).slice(cut, values.length - cut));
}

/**
 * The standard error of a trimmed mean from the winsorised variance (Yuen 1974, "The two-sample trimmed t for unequal population
 * variances", Biometrika 61), with the degrees of freedom that go with it.
 */
export function trimmedError(values: readonly number[], share = TRIMMED_SHARE): { error: number; degrees: number } {
	const n = values.length;
	const cut = Math.floor(n * share);
	const sorted = ascending(values);
	const low = sorted[cut] ?? 0;
	const high = sorted[n - cut - 1] ?? 0;
	const kept = n - 2 * cut;
	const winsorised = standardDeviation(sorted.map((value) => Math.min(high, Math.max(low, value))));
	return { error: (winsorised * Math.sqrt(n - 1)) / Math.sqrt(kept * (kept - 1)), degrees: kept - 1 };
}
