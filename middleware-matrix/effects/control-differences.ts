import { criticalT } from "#src/analyse/comparison/critical-t.js";
import type { ControlDifference, Matrix, VariantFigures } from "#src/model/matrix.js";
import { type LayerMetric, layerMetrics } from "#src/model/metric-names.js";

const FEWEST_SETS = 3;

const figureOf: Readonly<Record<LayerMetric, (figures: VariantFigures) => number | null>> = {
	cpu: ({ cpuNsPerRequest }) => cpuNsPerRequest,
	alloc: ({ bytesPerRequest }) => bytesPerRequest,
	p50: ({ p50Ns }) => p50Ns,
	p99: ({ p99Ns }) => p99Ns,
	"loaded-p50": ({ loadedP50Ns }) => loadedP50Ns,
	"loaded-p99": ({ loadedP99Ns }) => loadedP99Ns,
	rps: ({ requestsPerSecond }) => requestsPerSecond,
};

/**
 * The A/A check that a design with a control has built in: the mean of the logarithm of its ratio to bare within each set, with a t
 * interval. The level is that of naming a layer, shared by the metrics (Bonferroni). Empty without a control or with fewer than
 * three sets that have both.
 */
export function controlDifferences({
	variants,
	sets,
	design,
}: {
	readonly variants: readonly Pick<Matrix["variants"][number], "on" | "way">[];
	readonly sets: Matrix["sets"];
	readonly design: Pick<Matrix["design"], "alpha" | "margins">;
}): ControlDifference[] {
	const [bare, ...others] = variants.flatMap(({ on }, index) => (on.length === 0 ? [index] : []));
	const control = others.find((index) => variants[index]?.way === variants[bare ?? -1]?.way);
	if (bare === undefined || control === undefined) return [];
	return layerMetrics.flatMap((metric): ControlDifference[] => {
		const logs = sets.flatMap(({ figures }) => {
			const [one, other] = [figures[bare], figures[control]].map((each) =>
				each == null ? null : figureOf[metric](each),
			);
			return one == null || other == null || one <= 0 || other <= 0 ? [] : [Math.log(other / one)];
		});
		const n = logs.length;
		if (n < FEWEST_SETS) return [];
		const mean = logs.reduce((sum, each) => sum + each, 0) / n;
		const sd = Math.sqrt(logs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1));
		const reach = (criticalT(design.alpha / layerMetrics.length, n) * sd) / Math.sqrt(n);
		const [change, low, high] = [mean, mean - reach, mean + reach].map(Math.expm1) as [number, number, number];
		const real = (low > 0 || high < 0) && Math.abs(change) >= (design.margins[metric] ?? 0);
		return [{ metric, change, low, high, sets: n, real }];
	});
}
