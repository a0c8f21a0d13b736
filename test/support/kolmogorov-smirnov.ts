/** The largest distance between the distribution of `values` and the exponential one of that mean. */
export function distanceFromExponential(values: readonly number[], mean: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return Math.max(
		...sorted.map((value, index) => {
			const expected = 1 - Math.exp(-value / mean);
			return Math.max(expected - index / sorted.length, (index + 1) / sorted.length - expected);
		}),
	);
}

/** The distance that n values of the right distribution exceed once in a hundred times (Kolmogorov's limit, n > 35). */
export const largestDistance = (n: number): number => 1.628 / Math.sqrt(n);
