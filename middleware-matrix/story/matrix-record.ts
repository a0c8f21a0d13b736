import { controlDifferences } from "#matrix/effects/control-differences.js";
import { otherWay } from "#matrix/effects/disagreements.js";
import { type DesignEffects, effectsOfDesign } from "#matrix/effects/effects-of-design.js";
import type {
	Factor,
	LayerEffect,
	LayerMetric,
	Matrix,
	MatrixSet,
	Variant,
	VariantFigures,
} from "#src/model/matrix.js";
import { evidenceOf, type MeasuredDesign } from "./measured-design.js";
import { designKindOf, type MatrixPlan } from "./plan.js";
import type { MeasuredVariant } from "./variant.js";

/** Everything that was measured at a moment. */
export interface MatrixEvidence {
	readonly plan: MatrixPlan;
	readonly method: Matrix["method"];
	/** How many factors there are to be switched. */
	readonly factors: number;
	/** In the order they were measured; a later one measures some factors of an earlier one better. */
	readonly designs: readonly MeasuredDesign[];
	/** The same layers switched the other way; null where that was not asked for, or is not there yet. */
	readonly toggled: MeasuredDesign | null;
	readonly variants: readonly MeasuredVariant[];
	/** On the clock that stamps sets. */
	readonly beganMs: number;
	readonly nowMs: number;
	/** By name, for the variants that have one. */
	readonly measurementIds: ReadonlyMap<string, string>;
}

/** The evidence as the record keeps it; null before anything was measured. */
export function matrixOf(evidence: MatrixEvidence): Matrix | null {
	const { plan, designs, toggled } = evidence;
	if (designs.every(({ sets }) => sets.length === 0)) return null;
	const { design } = plan;
	const estimates = designs.map((each) => effectsOfDesign(evidenceOf(each), design));
	const factors = finalFactors(designs);
	const variants = evidence.variants.map((variant) => variantOf(variant, evidence, estimates));
	const sets = designs.flatMap((each) => setsOf(each, evidence));
	const effects = lastOfEach(factors, estimates);
	const allRounds = lastOfEach(
		factors,
		estimates.map((each) => ({ effects: each.allRounds?.effects ?? [] })),
	);
	return {
		method: evidence.method,
		design: {
			kind: designKindOf(plan, evidence.factors),
			leaveOneOut: design.leaveOneOut,
			clients: design.clients,
			light: design.light,
			sliceMs: design.sliceMs,
			setMs: typicalSetMs(designs),
			warmupRequests: design.warmupRequests,
			withinMs: design.withinMs,
			confidence: design.confidence,
			alpha: design.alpha,
			margins: design.margins,
			seed: design.seed,
			semiSpaceMiB: design.semiSpaceMiB,
			rotation: Math.max(...designs.map(({ rotation }) => rotation)),
			blocks: Math.max(...designs.map(({ blocks }) => blocks.length)),
		},
		factors,
		variants,
		sets,
		effects,
		remainders: estimates[0]?.remainders ?? [],
		allRounds: otherWay(effects, allRounds),
		...(toggled === null ? {} : { toggled: otherWay(effects, effectsOfDesign(evidenceOf(toggled), design).effects) }),
		controlDifferences: controlDifferences({ variants, sets, design }),
		attributions: [],
		charges: [],
		elapsedMs: evidence.nowMs - evidence.beganMs,
	};
}

/** Groups of a first design whose members were measured one by one give way to them. */
function finalFactors(designs: readonly MeasuredDesign[]): Factor[] {
	const later = designs.slice(1).flatMap(({ factors }) => factors);
	const measuredLater = new Set(later.flatMap(({ layers }) => layers));
	const kept = (designs[0]?.factors ?? []).filter(({ layers }) => !layers.some((id) => measuredLater.has(id)));
	return [...kept, ...later];
}

/** Of each factor by the last design that it was part of. */
const lastOfEach = (
	factors: readonly Factor[],
	estimates: readonly Pick<DesignEffects, "effects">[],
): readonly LayerEffect[] =>
	factors.flatMap(({ name }) => {
		const last = estimates.findLast(({ effects }) => effects.some(({ factor }) => factor === name));
		return last?.effects.filter(({ factor }) => factor === name) ?? [];
	});

function variantOf(
	variant: MeasuredVariant,
	{ designs, measurementIds }: MatrixEvidence,
	estimates: readonly DesignEffects[],
): Variant {
	const index = designs.findLastIndex(({ variants }) => variants.includes(variant));
	const cell = designs[index]?.variants.indexOf(variant) ?? -1;
	const level = (metric: LayerMetric): number | null => estimates[index]?.levels[metric]?.[cell] ?? null;
	const figures: VariantFigures = {
		...answersOf(variant),
		cpuNsPerRequest: level("cpu"),
		allCpuNsPerRequest: estimates[index]?.allRounds?.levels[cell] ?? null,
		bytesPerRequest: level("alloc"),
		p50Ns: level("p50"),
		p99Ns: level("p99"),
		loadedP50Ns: level("loaded-p50"),
		loadedP99Ns: level("loaded-p99"),
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

const setsOf = (measured: MeasuredDesign, { variants, beganMs }: MatrixEvidence): MatrixSet[] =>
	measured.sets.map(({ endedAtMs, block, figures }) => ({
		endedAtMs: endedAtMs - beganMs,
		block,
		figures: variants.map((variant) => figures[measured.variants.indexOf(variant)] ?? null),
	}));

/** The median over sets of how long all slices of a set took together. */
function typicalSetMs(designs: readonly MeasuredDesign[]): number {
	const lengths = designs.flatMap(({ sets }) => sets.map(({ measuredMs }) => measuredMs)).toSorted((a, b) => a - b);
	return lengths[lengths.length >> 1] ?? 1;
}
