import { criticalT } from "#src/analyse/comparison/critical-t.js";
import { type LayerMetric, layerMetrics, type Matrix, type VariantFigures } from "#src/model/matrix.js";

/** How far two variants without any layer, which are the same, were apart. */
export interface BareDifference {
	readonly metric: LayerMetric;
	/** Bare again against bare, relative. */
	readonly change: number;
	/** Interval at 1 − level of this metric alone. */
	readonly low: number;
	readonly high: number;
	readonly sets: number;
	/** It does not hold zero, and is as large as what matters: something favours one of two equal variants. */
	readonly real: boolean;
}

const FEWEST_SETS = 3;

const readers: Readonly<Record<LayerMetric, (figures: VariantFigures) => number | null>> = {
	cpu: ({ cpuNsPerRequest }) => cpuNsPerRequest,
	alloc: ({ bytesPerRequest }) => bytesPerRequest,
	p50: ({ p50Ns }) => p50Ns,
	p99: ({ p99Ns }) => p99Ns,
	rps: ({ requestsPerSecond }) => requestsPerSecond,
};

/**
 * The A/A check that a design has built in where it measures bare twice: the mean of the logarithm of their ratio within each set,
 * with a t interval. The level is that of naming a layer, shared by the metrics (Bonferroni). Empty without a second bare or with
 * fewer than three sets that have both.
 */
export function bareDifferences({ variants, sets, design }: Matrix): BareDifference[] {
	const [first, again] = variants.flatMap(({ on }, index) => (on.length === 0 ? [index] : []));
	if (first === undefined || again === undefined) return [];
	return layerMetrics.flatMap((metric): BareDifference[] => {
		const logs = sets.flatMap(({ figures }) => {
			const [one, other] = [figures[first], figures[again]].map((each) =>
				each == null ? null : readers[metric](each),
			);
			return one == null || other == null || one <= 0 || other <= 0 ? [] : [Math.log(other / one)];
		});
		const n = logs.length;
		if (n < FEWEST_SETS) return [];
		const mean = logs.reduce((sum, each) => sum + each, 0) / n;
		const sd = Math.sqrt(logs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1));
		const reach = (criticalT(design.alpha / layerMetrics.length, n) * sd) / Math.sqrt(n);
		const [change, low, high] = [mean, mean - reach, mean + reach].map(Math.expm1) as [number, number, number];
		const margin = design.margins[metric] ?? 0;
		return [{ metric, change, low, high, sets: n, real: (low > 0 || high < 0) && Math.abs(change) >= margin }];
	});
}
