import { type Effects, estimateEffects } from "#matrix/effects/estimate-effects.js";
import {
	type LayerEffect,
	type LayerMetric,
	layerMetrics,
	type Remainder,
	type VariantFigures,
} from "#src/model/matrix.js";
import type { MatrixDesign } from "./plan.js";
import type { Stage } from "./stage.js";

/** The figures of the cells of a design in one set; null for those that were not in it. */
export interface StageSet {
	readonly endedAtMs: number;
	readonly block: number;
	/** All slices together. */
	readonly measuredMs: number;
	readonly figures: readonly (VariantFigures | null)[];
}

export interface StageEstimates {
	readonly effects: readonly LayerEffect[];
	readonly remainders: readonly Remainder[];
	/** By metric and cell, what a variant's figure is when sets and blocks are allowed for. */
	readonly levels: Readonly<Partial<Record<LayerMetric, readonly (number | null)[]>>>;
	/** CPU by all rounds, of which the typical ones are the middle; null where it could not be measured. */
	readonly allRounds: Effects | null;
}

const figureOf: Readonly<Record<LayerMetric, keyof VariantFigures>> = {
	cpu: "cpuNsPerRequest",
	alloc: "bytesPerRequest",
	p50: "p50Ns",
	p99: "p99Ns",
	rps: "requestsPerSecond",
};
const units = { cpu: "ns", alloc: "bytes", p50: "ns", p99: "ns", rps: "1/s" } as const;

/** Effects in every metric that could be measured. */
export function estimate(stage: Stage, judging: MatrixDesign): StageEstimates {
	const found = layerMetrics.flatMap((metric): [LayerMetric, Effects][] => {
		const estimates = estimateMetric(stage, judging, metric, figureOf[metric]);
		return estimates === null ? [] : [[metric, estimates]];
	});
	return {
		effects: found.flatMap(([, { effects }]) => effects),
		remainders: found.flatMap(([, { remainder }]) => remainder ?? []),
		levels: Object.fromEntries(found.map(([metric, { levels }]) => [metric, levels])),
		allRounds: estimateMetric(stage, judging, "cpu", "allCpuNsPerRequest"),
	};
}

function estimateMetric(
	{ design, sets, variants }: Stage,
	judging: MatrixDesign,
	metric: LayerMetric,
	figure: keyof VariantFigures,
): Effects | null {
	const evidence = sets.map(({ block, figures }) => ({
		block,
		// One that fails in the end was not what it should be before, either.
		values: figures.map((each, cell) => (variants[cell]?.failed === null ? (each?.[figure] ?? null) : null)),
	}));
	return estimateEffects(design, metric, units[metric], evidence, {
		confidence: judging.confidence,
		alpha: judging.alpha,
		margin: judging.margins[metric],
		moreIsBetter: metric === "rps",
	});
}
