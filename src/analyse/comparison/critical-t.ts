import { studentQuantile } from "#src/analyse/statistics/distributions.js";

/** Student's two-sided critical value for n observations; infinite for fewer than two. */
export function criticalT(level: number, observations: number): number {
	if (observations < 2) return Number.POSITIVE_INFINITY;
	let known = quantiles.get(level);
	if (known === undefined) {
		known = [];
		quantiles.set(level, known);
	}
	known[observations] ??= studentQuantile(1 - level / 2, observations - 1);
	return known[observations];
}

/** The library looks for them step by step, which takes longer than everything else here. */
const quantiles = new Map<number, number[]>();
