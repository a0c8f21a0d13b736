import { studentQuantile } from "./distributions.js";

export interface MeanChange {
	/** Of the second mean to the first. */
	readonly ratio: number;
	/** 95 % interval. */
	readonly low: number;
	readonly high: number;
}

/**
 * How many times the mean of `before` the mean of `after` is, with the interval of Welch's t on the logarithms' delta
 * method: se² = s₁²/(n₁·m₁²) + s₂²/(n₂·m₂²). Null with fewer than two values a side, or where a mean is not positive.
 */
export function meanChange(before: readonly number[], after: readonly number[]): MeanChange | null {
	const [a, b] = [momentsOf(before), momentsOf(after)];
	if (a === null || b === null) return null;
	const [u, v] = [a.relativeVariance / before.length, b.relativeVariance / after.length];
	const ratio = b.mean / a.mean;
	if (u + v === 0) return { ratio, low: ratio, high: ratio };
	const degrees = (u + v) ** 2 / (u ** 2 / (before.length - 1) + v ** 2 / (after.length - 1));
	const margin = studentQuantile(0.975, degrees) * Math.sqrt(u + v);
	return { ratio, low: ratio * Math.exp(-margin), high: ratio * Math.exp(margin) };
}

function momentsOf(values: readonly number[]): { readonly mean: number; readonly relativeVariance: number } | null {
	if (values.length < 2) return null;
	const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
	if (!(mean > 0)) return null;
	const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1);
	return { mean, relativeVariance: variance / mean ** 2 };
}
