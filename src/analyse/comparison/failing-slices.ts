import type { SliceFailures } from "./paired-set.js";

/**
 * How far apart the shares of failed requests of two sides are, before there are sets to replicate them. Answers of one slice fail
 * together (a connection that broke, a service behind that was away), so what counts is a slice: an observation between 0 and 1,
 * whatever its distribution.
 *
 * The chance that the mean of R such observations lies as far from its expectation µ as p does is at most exp(−R · KL(p ‖ µ))
 * (Hoeffding 1963, theorem 1). For two sides, −ln of both chances together exceeds c with probability at most (1 + c)·e⁻ᶜ. So the
 * interval holds the differences µ(head) − µ(base) for which some pair of expectations keeps the sum of both terms below that c.
 */
export function failureInterval(
	base: SliceFailures,
	head: SliceFailures,
	alpha: number,
): { readonly low: number; readonly high: number } | null {
	if (base.slices === 0 || head.slices === 0) return null;
	const limit = limitOf(alpha / 2);
	return { low: lowestDifference(base, head, limit), high: -lowestDifference(head, base, limit) };
}

/** The smallest share(b) − share(a) that is not refuted. */
function lowestDifference(a: SliceFailures, b: SliceFailures, limit: number): number {
	const refuted = (difference: number): boolean => {
		// The sum is convex in the expectation of a, which with that of b must be a share.
		const evidence = (ofA: number): number =>
			a.slices * divergenceAbove(1 - a.share, 1 - ofA) + b.slices * divergenceAbove(b.share, ofA + difference);
		return smallest(evidence, Math.max(0, -difference), Math.min(1, 1 - difference)) > limit;
	};
	return bisected(refuted, -1, Math.max(-1, b.share - a.share));
}

/** The Kullback-Leibler divergence of two shares, where the one observed is larger than the one expected; else there is none. */
function divergenceAbove(observed: number, expected: number): number {
	if (observed <= expected) return 0;
	if (expected <= 0) return Number.POSITIVE_INFINITY;
	const rest = observed < 1 ? (1 - observed) * Math.log((1 - observed) / (1 - expected)) : 0;
	return observed * Math.log(observed / expected) + rest;
}

/** The c with (1 + c)·e⁻ᶜ = alpha. */
function limitOf(alpha: number): number {
	let c = -Math.log(alpha);
	for (let step = 0; step < 20; step++) c = -Math.log(alpha) + Math.log1p(c);
	return c;
}

const STEPS = 60;

/** Where what holds at `from` begins to fail, on the way to `to`. */
function bisected(holds: (at: number) => boolean, from: number, to: number): number {
	if (!holds(from)) return from;
	let [left, right] = [from, to];
	for (let step = 0; step < STEPS; step++) {
		const middle = (left + right) / 2;
		if (holds(middle)) left = middle;
		else right = middle;
	}
	return left;
}

/** The smallest value of a convex function. */
function smallest(value: (at: number) => number, from: number, to: number): number {
	let [left, right] = [from, to];
	for (let step = 0; step < STEPS; step++) {
		const [a, b] = [left + (right - left) / 3, right - (right - left) / 3];
		if (value(a) <= value(b)) right = b;
		else left = a;
	}
	return value((left + right) / 2);
}
