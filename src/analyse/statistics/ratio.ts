import { studentQuantile } from "./distributions.js";

/** One stretch of time: what was spent in it, and on how many requests. */
export interface RatioBlock {
	readonly numerator: number;
	readonly denominator: number;
}

export interface RatioEstimate {
	readonly value: number;
	/** 95 % confidence interval; null with fewer than 3 blocks. */
	readonly low: number | null;
	readonly high: number | null;
}

const SMALLEST_BLOCKS = 3;
const TAIL = 0.975;

/**
 * Σ numerator / Σ denominator with a 95 % interval over blocks: the ratio estimator of cluster sampling, its variance by
 * linearisation (Cochran, Sampling Techniques, 3rd ed., 6.4), Student's t with blocks − 1 degrees of freedom.
 * Null when nothing was counted.
 */
export function ratioOf(blocks: readonly RatioBlock[]): RatioEstimate | null {
	const numerator = sum(blocks.map((block) => block.numerator));
	const denominator = sum(blocks.map((block) => block.denominator));
	if (denominator === 0) return null;
	const value = numerator / denominator;
	const n = blocks.length;
	if (n < SMALLEST_BLOCKS) return { value, low: null, high: null };
	const residuals = blocks.map((block) => block.numerator - value * block.denominator);
	const variance = (n / (n - 1)) * sum(residuals.map((residual) => residual ** 2));
	const halfWidth = (studentQuantile(TAIL, n - 1) * Math.sqrt(variance)) / denominator;
	return { value, low: Math.max(0, value - halfWidth), high: value + halfWidth };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
