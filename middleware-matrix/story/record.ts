import type { FoundLayers } from "#matrix/discovery/find-layers.js";
import type {
	Factor,
	LayerEffect,
	LayerMetric,
	Matrix,
	MatrixSet,
	Variant,
	VariantFigures,
} from "#src/model/matrix.js";
import { estimate, type StageEstimates } from "./estimates.js";
import { designKindOf, type MatrixPlan } from "./plan.js";
import type { Stage } from "./stage.js";
import type { MeasuredVariant } from "./variants.js";

/** A design that was measured, and its factors. */
export interface StageOf {
	readonly stage: Stage;
	readonly factors: readonly Factor[];
}

/** Everything that a matrix knows at a moment. */
export interface Evidence {
	readonly plan: MatrixPlan;
	readonly found: FoundLayers;
	/** In the order they were measured; a later one measures some factors of an earlier one better. */
	readonly stages: readonly StageOf[];
	/** The same layers switched the other way. */
	readonly checked: Stage | null;
	readonly variants: readonly MeasuredVariant[];
	/** On the clock that stamps sets. */
	readonly beganMs: number;
	readonly nowMs: number;
	/** By name, for the variants that have one. */
	readonly measurementIds: ReadonlyMap<string, string>;
}

/** The evidence as the record keeps it; null before anything was measured. */
export function recordOf(evidence: Evidence): Matrix | null {
	const { plan, found, stages, checked, variants } = evidence;
	const [first] = stages;
	if (first === undefined || stages.every(({ stage }) => stage.sets.length === 0)) return null;
	const estimates = stages.map(({ stage }) => estimate(stage, plan.design));
	const factors = finalFactors(stages);
	const { design } = plan;
	return {
		framework: found.framework,
		method: plan.quick ? "toggled" : found.switching.method,
		design: {
			kind: designKindOf(plan, found.factors.length),
			leaveOneOut: design.leaveOneOut,
			clients: design.clients,
			sliceMs: design.sliceMs,
			setMs: measuredMs(stages),
			warmupRequests: design.warmupRequests,
			withinMs: design.withinMs,
			confidence: design.confidence,
			alpha: design.alpha,
			margins: { ...design.margins },
			seed: design.seed,
			semiSpaceMiB: design.semiSpaceMiB,
			rotation: Math.max(...stages.map(({ stage }) => stage.rotation)),
			blocks: Math.max(...stages.map(({ stage }) => stage.blocks.length)),
		},
		layers: [...found.layers],
		factors,
		variants: variants.map((variant) => variantOf(variant, evidence, estimates)),
		sets: stages.flatMap((each) => setsOf(each, evidence)),
		effects: effectsOf(factors, estimates),
		allRoundsEffects: effectsOf(
			factors,
			estimates.map(({ allRounds }) => ({ effects: allRounds?.effects ?? [] })),
		),
		remainders: [...(estimates[0]?.remainders ?? [])],
		toggledEffects: checked === null ? null : [...estimate(checked, design).effects],
		attributions: [],
		elapsedMs: evidence.nowMs - evidence.beganMs,
	};
}

/** Groups of a first stage whose members were measured one by one give way to them. */
function finalFactors(stages: readonly StageOf[]): Factor[] {
	const later = stages.slice(1).flatMap(({ factors }) => factors);
	const measuredLater = new Set(later.flatMap(({ layers }) => layers));
	const kept = (stages[0]?.factors ?? []).filter(({ layers }) => !layers.some((id) => measuredLater.has(id)));
	return [...kept, ...later];
}

/** Of each factor by the last stage that it was part of. */
function effectsOf(factors: readonly Factor[], estimates: readonly Pick<StageEstimates, "effects">[]): LayerEffect[] {
	return factors.flatMap(({ name }) => {
		const last = estimates.findLast(({ effects }) => effects.some(({ factor }) => factor === name));
		return last?.effects.filter(({ factor }) => factor === name) ?? [];
	});
}

function variantOf(
	variant: MeasuredVariant,
	{ stages, measurementIds }: Evidence,
	estimates: readonly StageEstimates[],
): Variant {
	const index = stages.findLastIndex(({ stage }) => stage.variants.includes(variant));
	const cell = stages[index]?.stage.variants.indexOf(variant) ?? -1;
	const level = (metric: LayerMetric): number | null => estimates[index]?.levels[metric]?.[cell] ?? null;
	const figures: VariantFigures = {
		...answersOf(variant),
		cpuNsPerRequest: level("cpu"),
		allCpuNsPerRequest: estimates[index]?.allRounds?.levels[cell] ?? null,
		bytesPerRequest: level("alloc"),
		p50Ns: level("p50"),
		p99Ns: level("p99"),
		requestsPerSecond: level("rps"),
	};
	return {
		name: variant.name,
		on: variant.on.map(({ name }) => name),
		failed: variant.failed,
		measurementId: measurementIds.get(variant.name) ?? null,
		figures: variant.sets.length === 0 ? null : figures,
	};
}

function answersOf({ sets }: MeasuredVariant): Pick<VariantFigures, "requests" | "errors"> {
	const slices = sets.flatMap(({ rounds }) => rounds.flatMap(({ slices: [own] }) => own ?? []));
	return {
		requests: slices.reduce((sum, { requests }) => sum + requests, 0),
		errors: slices.reduce((sum, { errors }) => sum + errors, 0),
	};
}

function setsOf({ stage }: StageOf, { variants, beganMs }: Evidence): MatrixSet[] {
	return stage.sets.map(({ endedAtMs, block, figures }) => ({
		endedAtMs: endedAtMs - beganMs,
		block,
		figures: variants.map((variant) => figures[stage.variants.indexOf(variant)] ?? null),
	}));
}

/** The median over sets of how long all slices of a set took together. */
function measuredMs(stages: readonly StageOf[]): number {
	const lengths = stages.flatMap(({ stage }) => stage.sets.map(({ measuredMs: length }) => length));
	return lengths.toSorted((a, b) => a - b)[lengths.length >> 1] ?? 1;
}
