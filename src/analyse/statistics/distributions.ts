/**
 * Quantiles and probabilities of the distributions that intervals and tests stand on: those of stdlib, which follow Boost and Cephes to
 * about 14 digits. Its packages are very many, so the build puts these few functions and what they need into this file
 * (scripts/build.mjs) and a production install has none of them.
 */
import digammaOf from "@stdlib/math-base-special-digamma";
import trigammaOf from "@stdlib/math-base-special-trigamma";
import betaCdfOf from "@stdlib/stats-base-dists-beta-cdf";
import betaQuantileOf from "@stdlib/stats-base-dists-beta-quantile";
import normalQuantileOf from "@stdlib/stats-base-dists-normal-quantile";
import studentCdfOf from "@stdlib/stats-base-dists-t-cdf";
import studentQuantileOf from "@stdlib/stats-base-dists-t-quantile";

/** The value that Student's t stays below with probability p; `degrees` need not be whole. */
export function studentQuantile(p: number, degrees: number): number {
	if (!Number.isInteger(degrees)) return studentQuantileOf(p, degrees);
	let known = studentQuantiles.get(p);
	if (known === undefined) {
		if (studentQuantiles.size === MOST_KNOWN) studentQuantiles.clear();
		known = [];
		studentQuantiles.set(p, known);
	}
	known[degrees] ??= studentQuantileOf(p, degrees);
	return known[degrees];
}

/** By p and degrees: the library looks for them step by step, and few are asked for, thousands of times. */
const studentQuantiles = new Map<number, number[]>();
const MOST_KNOWN = 1_000;

/** The probability that Student's t stays below `t`. */
export const studentCdf = (t: number, degrees: number): number => studentCdfOf(t, degrees);

/** Of the standard normal distribution. */
export const normalQuantile = (p: number): number => normalQuantileOf(p, 0, 1);

/** The probability that a share with this beta distribution stays below `share`. */
export const betaCdf = (share: number, alpha: number, beta: number): number => betaCdfOf(share, alpha, beta);

/** The value that a share with this beta distribution stays below with probability p. */
export const betaQuantile = (p: number, alpha: number, beta: number): number => betaQuantileOf(p, alpha, beta);

/** ψ, the derivative of the logarithm of the gamma function. */
export const digamma = (x: number): number => digammaOf(x);

/** ψ', positive and falling for x > 0. */
export const trigamma = (x: number): number => trigammaOf(x);
