import type { Design } from "#matrix/designs/design.js";
import type { LayerEffect, LayerWay, Remainder, VariantFigures } from "#src/model/matrix.js";
import { type LayerMetric, layerMetrics, layerMetricUnits } from "#src/model/metric-names.js";
import { type Effects, estimateEffects } from "./estimate-effects.js";

/** The figures of the cells of a design in one set; null for those that were not in it. */
export interface DesignSet {
	readonly endedAtMs: number;
	readonly block: number;
	/** All slices together. */
	readonly measuredMs: number;
	readonly figures: readonly (VariantFigures | null)[];
	/** Cells that were not warm; of their figures only requests and errors are told. */
	readonly cold: readonly number[];
}

/** A design as far as it was measured. */
export interface DesignEvidence {
	readonly design: Design;
	/** How its layers are switched. */
	readonly way: LayerWay;
	readonly sets: readonly DesignSet[];
	/** By cell; one that failed in the end was not what it should be before, either. */
	readonly failed: readonly boolean[];
}

export interface DesignEffects {
	readonly effects: readonly LayerEffect[];
	readonly remainders: readonly Remainder[];
	/** By metric and cell, what a variant's figure is when sets and blocks are allowed for. */
	readonly levels: Readonly<Partial<Record<LayerMetric, readonly (number | null)[]>>>;
	/** CPU by all rounds, of which the typical ones are the middle; null where it could not be measured. */
	readonly allRounds: { readonly effects: readonly LayerEffect[]; readonly levels: Effects["levels"] } | null;
	/** By metric, what effects were made of. */
	readonly found: ReadonlyMap<LayerMetric, Effects>;
}

/** How effects are judged, in every metric. */
export interface JudgingRules {
	/** Of the simultaneous intervals. */
	readonly confidence: number;
	/** A layer is named with an adjusted p below this. */
	readonly alpha: number;
	/** The smallest effect that matters, as a share of bare. */
	readonly margins: Readonly<Record<LayerMetric, number>>;
	/** See EffectRules. */
	readonly effectsTogether?: number;
}

const figureOf: Readonly<Record<LayerMetric, keyof VariantFigures>> = {
	cpu: "cpuNsPerRequest",
	alloc: "bytesPerRequest",
	p50: "p50Ns",
	p99: "p99Ns",
	"loaded-p50": "loadedP50Ns",
	"loaded-p99": "loadedP99Ns",
	rps: "requestsPerSecond",
};

/** Effects in every metric that could be measured. */
export function effectsOfDesign(evidence: DesignEvidence, rules: JudgingRules): DesignEffects {
	const found = new Map(
		layerMetrics.flatMap((metric): [LayerMetric, Effects][] => {
			const effects = effectsIn(metric, figureOf[metric], evidence, rules);
			return effects === null ? [] : [[metric, effects]];
		}),
	);
	const switched = ({ effects }: Effects): LayerEffect[] => effects.map((each) => ({ ...each, way: evidence.way }));
	const allRounds = effectsIn("cpu", "allCpuNsPerRequest", evidence, rules);
	return {
		effects: [...found.values()].flatMap(switched),
		remainders: [...found.values()].flatMap(({ remainder }) => remainder ?? []),
		levels: Object.fromEntries([...found].map(([metric, { levels }]) => [metric, levels])),
		allRounds: allRounds && { effects: switched(allRounds), levels: allRounds.levels },
		found,
	};
}

function effectsIn(
	metric: LayerMetric,
	figure: keyof VariantFigures,
	{ design, sets, failed }: DesignEvidence,
	{ margins, ...rules }: JudgingRules,
): Effects | null {
	const evidence = sets.map(({ block, figures }) => ({
		block,
		values: figures.map((each, cell) => (failed[cell] ? null : (each?.[figure] ?? null))),
	}));
	return estimateEffects(design, metric, layerMetricUnits[metric], evidence, {
		...rules,
		margin: margins[metric],
		moreIsBetter: metric === "rps",
	});
}
