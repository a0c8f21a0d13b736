import { mean } from "#src/analyse/comparison/robust.js";

/** A ratio of two means that are known by the same observations. */
export interface MeanRatio {
	readonly ratio: number;
	/** Null where an end lies at infinity: the lower mean cannot be told from zero. */
	readonly bounds: readonly [low: number, high: number] | null;
}

/**
 * mean(upper) / mean(lower), with all ratios ρ for which upper − ρ·lower has no mean that Student's t can tell from zero (Fieller 1954,
 * JRSS B 16). It is exact for normal observations, however uncertain the lower mean is.
 * @param critical value of Student's t with as many degrees of freedom as there are observations, less one
 * @returns null with fewer than two observations, or where the lower mean is zero
 */
export function meanRatio(upper: readonly number[], lower: readonly number[], critical: number): MeanRatio | null {
	const n = Math.min(upper.length, lower.length);
	const [r, d] = [mean(upper), mean(lower)];
	if (n < 2 || d === 0) return null;
	const covariance = (a: readonly number[], b: readonly number[]): number => {
		const [ma, mb] = [mean(a), mean(b)];
		return a.reduce((sum, value, index) => sum + (value - ma) * ((b[index] ?? 0) - mb), 0) / (n - 1) / n;
	};
	const squared = critical * critical;
	// (r − ρd)² ≤ t²·(v_rr − 2ρ·v_rd + ρ²·v_dd)
	const a = d * d - squared * covariance(lower, lower);
	const b = r * d - squared * covariance(upper, lower);
	const c = r * r - squared * covariance(upper, upper);
	const root = b * b - a * c;
	if (!(a > 0) || root < 0) return { ratio: r / d, bounds: null };
	return { ratio: r / d, bounds: [(b - Math.sqrt(root)) / a, (b + Math.sqrt(root)) / a] };
}
