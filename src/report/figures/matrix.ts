import type {
	Factor,
	Layer,
	LayerEffect,
	LayerWay,
	Matrix,
	Stack,
	Variant,
	VariantFailure,
	VariantFigures,
} from "#src/model/matrix.js";
import { type LayerMetric, layerMetrics } from "#src/model/metric-names.js";

/** What the views of a matrix have in common: which variant is which, and the factors in the order of their cost. */

/** How the layers of the variants that frame the others are switched; where both ways were measured, they are left out. */
const framingWay = ({ variants, method }: Pick<Matrix, "variants" | "method">): LayerWay =>
	method === "both" ? (variants.find(({ way }) => way !== "toggled")?.way ?? "toggled") : method;

/** Without any layer; a design may have several of them. */
export const bareVariants = (matrix: Matrix, way = framingWay(matrix)): Variant[] =>
	matrix.variants.filter((each) => each.way === way && each.on.length === 0);

export const bareVariant = (matrix: Matrix, way = framingWay(matrix)): Variant | undefined =>
	bareVariants(matrix, way)[0];

export const allVariant = (matrix: Matrix, way = framingWay(matrix)): Variant | undefined =>
	matrix.variants.find((each) => each.way === way && each.on.length > 0 && each.on.length === matrix.factors.length);

/** With this factor and nothing else; left out rather than skipped. */
export function aloneVariant({ variants }: Matrix, factor: string): Variant | undefined {
	const alone = variants.filter(({ on }) => on.length === 1 && on[0] === factor);
	return alone.find(({ way }) => way !== "toggled") ?? alone[0];
}

/** What the other way said of an effect, where it differs by more than the intervals of both. */
export const differingEffect = (
	{ bothWays }: Pick<Matrix, "bothWays">,
	factor: string,
	metric: LayerMetric,
): LayerEffect | undefined => {
	const isOfIt = (each: Pick<LayerEffect, "factor" | "metric">): boolean =>
		each.factor === factor && each.metric === metric;
	return bothWays?.disagreements.some(isOfIt) === true ? bothWays.effects.find(isOfIt) : undefined;
};

/** It was named by skipping its hooks, and leaving it out does not tell its size. */
export const isOnlySkipped = ({ method }: Pick<Matrix, "method">, effect: LayerEffect | undefined): boolean =>
	method === "both" && effect?.way === "toggled" && isReal(effect);

export function figureOf(figures: VariantFigures | null | undefined, metric: LayerMetric): number | null {
	if (figures == null) return null;
	switch (metric) {
		case "cpu":
			return figures.cpuNsPerRequest;
		case "alloc":
			return figures.bytesPerRequest;
		case "p50":
			return figures.p50Ns;
		case "p99":
			return figures.p99Ns;
		case "loaded-p50":
			return figures.loadedP50Ns;
		case "loaded-p99":
			return figures.loadedP99Ns;
		case "rps":
			return figures.requestsPerSecond;
	}
}

export const effectOf = ({ effects }: Pick<Matrix, "effects">, factor: string, metric: LayerMetric) =>
	effects.find((each) => each.factor === factor && each.metric === metric);

/** It was found, and is not chance. */
export const isReal = (effect: LayerEffect | undefined): boolean =>
	effect?.verdict === "costs" || effect?.verdict === "saves";

export const intervalHoldsZero = ({ low, high }: Pick<LayerEffect, "low" | "high">): boolean =>
	low !== null && high !== null && low <= 0 && high >= 0;

/** Metrics other than `lead` in which something was found of the factor. */
export const foundElsewhere = ({ effects }: Matrix, factor: string, lead: LayerMetric): LayerEffect[] =>
	layerMetrics.flatMap((metric) =>
		metric === lead ? [] : effects.filter((each) => each.factor === factor && each.metric === metric && isReal(each)),
	);

/** What a layer costs, positive also where it takes requests per second away. */
export const costOfEffect = ({ metric, change }: Pick<LayerEffect, "metric" | "change">): number =>
	metric === "rps" ? -change : change;

/** The metrics that some factor has an effect of, in the order of the model. */
export const measuredMetrics = ({ effects }: Matrix): LayerMetric[] =>
	layerMetrics.filter((metric) => effects.some((each) => each.metric === metric));

/** What people feel comes first, what is under load only says the same through a queue. */
export const leadOrder: readonly LayerMetric[] = ["p50", "p99", "cpu", "alloc", "loaded-p50", "loaded-p99", "rps"];

/**
 * The metric in which something was found, by which the layers are ranked; null where nothing was. Of a request that is alone the time
 * on the CPU is a part of what it takes: latency leads where its largest cost is not less than the largest in CPU, which is measured
 * with less noise.
 */
export function foundMetric({ effects }: Pick<Matrix, "effects">): LayerMetric | null {
	const largest = (metric: LayerMetric): number =>
		Math.max(
			0,
			...effects.flatMap((each) => (each.metric === metric && each.verdict === "costs" ? [each.change] : [])),
		);
	const found = (verdict: LayerEffect["verdict"]) => (metric: LayerMetric) =>
		effects.some((each) => each.metric === metric && each.verdict === verdict);
	const isHidden = (metric: LayerMetric): boolean =>
		(metric === "p50" || metric === "p99") && largest(metric) < largest("cpu");
	return (
		leadOrder.find((metric) => found("costs")(metric) && !isHidden(metric)) ?? leadOrder.find(found("saves")) ?? null
	);
}

/** By what the layers are ranked where nothing else is said. */
export function leadMetric(matrix: Matrix): LayerMetric {
	const measured = measuredMetrics(matrix);
	return foundMetric(matrix) ?? (measured.includes("cpu") ? "cpu" : (measured[0] ?? "cpu"));
}

/**
 * What was found first, by its cost; then what shows in other metrics only; then what cannot be told from nothing; at last
 * factors without any figure.
 */
export function rankedFactors(matrix: Matrix, metric: LayerMetric = leadMetric(matrix)): Factor[] {
	const rank = ({ name }: Factor): number => {
		const effect = effectOf(matrix, name, metric);
		if (isReal(effect)) return 0;
		if (matrix.effects.some((each) => each.factor === name && isReal(each))) return 1;
		return effect === undefined ? 3 : 2;
	};
	const cost = ({ name }: Factor): number => {
		const effect = effectOf(matrix, name, metric);
		return effect === undefined ? 0 : costOfEffect(effect);
	};
	return [...matrix.factors].sort((a, b) => rank(a) - rank(b) || cost(b) - cost(a));
}

/** Layers that stay on in every variant, in the order of registration. */
const layersKeptIn = ({ layers }: Pick<Stack, "layers">): Layer[] =>
	layers.filter(({ keptIn }) => keptIn !== null).sort((a, b) => a.order - b.order);

/** The same, those that have name and reason in common as one: an application may have a plugin for each of its hundred routes. */
export function keptInTogether(stack: Pick<Stack, "layers">): { readonly layer: Layer; readonly count: number }[] {
	const groups = new Map<string, { readonly layer: Layer; readonly count: number }>();
	for (const layer of layersKeptIn(stack)) {
		const key = JSON.stringify([layer.name, layer.keptIn]);
		const known = groups.get(key);
		groups.set(key, { layer: known?.layer ?? layer, count: (known?.count ?? 0) + 1 });
	}
	return [...groups.values()];
}

/** The smallest effect that matters, in the unit of the metric; null where that is not known. */
export function marginOf(matrix: Matrix, metric: LayerMetric): number | null {
	const share = matrix.design.margins[metric];
	const bare = figureOf(bareVariant(matrix)?.figures, metric);
	return share === undefined || bare === null ? null : share * bare;
}

/** Why a factor has no effect, or null where nothing is known. */
export const failureOf = (matrix: Matrix, factor: string): VariantFailure | null =>
	aloneVariant(matrix, factor)?.failed ?? bareVariant(matrix)?.failed ?? null;

/** All minus bare in the metric, or null where one of them was not measured. */
export function allMinusBare(matrix: Matrix, metric: LayerMetric): number | null {
	const [bare, all] = [bareVariant(matrix), allVariant(matrix)].map((each) => figureOf(each?.figures, metric));
	return bare == null || all == null ? null : all - bare;
}

/** What costs add up to, whichever way the metric counts. */
export const sumOfEffects = (matrix: Matrix, metric: LayerMetric): number =>
	matrix.effects.filter((each) => each.metric === metric).reduce((sum, each) => sum + each.change, 0);
