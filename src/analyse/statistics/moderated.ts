import { digamma, studentCdf, trigamma } from "./distributions.js";

/**
 * What the variances of many things have in common, each of which is known by a few observations only: as if each had been seen in
 * `degrees` observations more, with the variance `variance`.
 */
export interface CommonVariance {
	readonly variance: number;
	/** Infinite where the variances differ by no more than their own uncertainty, 0 where so few have nothing in common. */
	readonly degrees: number;
}

/**
 * By the moments of the logarithms of the variances (Smyth 2004, Statistical Applications in Genetics and Molecular Biology 3(1),
 * section 6.2).
 * @param variances sample variances, > 0 each, all with the same degrees of freedom
 */
export function commonVariance(variances: readonly number[], degrees: number): CommonVariance {
	if (variances.length < FEWEST_VARIANCES) return { variance: 0, degrees: 0 };
	const half = degrees / 2;
	const logs = variances.map((variance) => Math.log(variance) - digamma(half) + Math.log(half));
	const mean = logs.reduce((sum, each) => sum + each, 0) / logs.length;
	const spread = logs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, logs.length - 1);
	const beyond = spread - trigamma(half);
	if (!(beyond > SMALLEST_BEYOND)) return { variance: Math.exp(mean), degrees: Number.POSITIVE_INFINITY };
	const common = inverseTrigamma(beyond);
	return { variance: Math.exp(mean + digamma(common) - Math.log(common)), degrees: 2 * common };
}

/** So few have nothing in common that could be known. */
const FEWEST_VARIANCES = 3;
const SMALLEST_BEYOND = 1e-6;

/** The variance of one of them, with what is known of all, and its degrees of freedom. */
export function moderatedVariance(variance: number, degrees: number, common: CommonVariance): CommonVariance {
	if (!Number.isFinite(common.degrees)) return common;
	const all = common.degrees + degrees;
	return { variance: (common.degrees * common.variance + degrees * variance) / all, degrees: all };
}

/** Beyond so many degrees of freedom Student's distribution is the normal one. */
const MANY = 1e6;

/** The probability that |t| is at least so large. */
export const twoSidedP = (t: number, degrees: number): number => 2 * studentCdf(-Math.abs(t), Math.min(MANY, degrees));

const STEPS = 60;
const NEAR = 1e-10;

/** By Newton's method on 1 / ψ', which is nearly a straight line (Smyth 2004, appendix). */
function inverseTrigamma(value: number): number {
	let x = 0.5 + 1 / value;
	for (let step = 0; step < STEPS; step++) {
		const at = trigamma(x);
		const slope = (trigamma(x * (1 + 1e-5)) - at) / (x * 1e-5);
		const change = (at * (1 - at / value)) / slope;
		x += change;
		if (-change / x < NEAR) break;
	}
	return x;
}
