import { bothWays, remaindersOfBothWays } from "#matrix/effects/both-ways.js";
import { controlDifferences } from "#matrix/effects/control-differences.js";
import { otherWay } from "#matrix/effects/disagreements.js";
import { type DesignEffects, effectsOfDesign, type JudgingRules } from "#matrix/effects/effects-of-design.js";
import type {
	Factor,
	LayerEffect,
	LayerMetric,
	Matrix,
	MatrixSet,
	OtherWay,
	Remainder,
	Variant,
	VariantFigures,
} from "#src/model/matrix.js";
import { evidenceOf, type MeasuredDesign, variantOfCell } from "./measured-design.js";
import type { MatrixPlan } from "./plan.js";
import type { MeasuredVariant } from "./variant.js";

/** Everything that was measured at a moment. */
export interface MatrixEvidence {
	readonly plan: MatrixPlan;
	/** How many factors there are to be switched. */
	readonly factors: number;
	/** In the order they were measured; a later one measures some factors of an earlier one better. */
	readonly designs: readonly MeasuredDesign[];
	/** The same layers switched the other way; null where that was not asked for, or is not there yet. */
	readonly checked: MeasuredDesign | null;
	readonly variants: readonly MeasuredVariant[];
	/** On the clock that stamps sets. */
	readonly beganMs: number;
	readonly nowMs: number;
	/** By name, for the variants that have one. */
	readonly measurementIds: ReadonlyMap<string, string>;
}

/** The evidence as the record keeps it; null before anything was measured. */
export function matrixOf(evidence: MatrixEvidence): Matrix | null {
	const { plan, designs } = evidence;
	if (designs.every(({ sets }) => sets.length === 0)) return null;
	const { design } = plan;
	const said = whatIsSaid(evidence);
	const factors = finalFactors(designs);
	const variants = evidence.variants.map((variant) => variantOf(variant, evidence, said.estimates));
	const sets = designs.flatMap((each) => setsOf(each, evidence));
	const effects = of(factors, said.effects);
	return {
		method: methodOf(designs),
		design: {
			kind: design.kind === "screen" ? design.kind : firstMeasured(designs).design.kind,
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
		remainders: said.remainders,
		allRounds: otherWay(effects, allRoundsOf(effects, said.estimates)),
		...(said.other === null ? {} : { bothWays: said.other }),
		controlDifferences: controlDifferences({ variants, sets, design }),
		attributions: [],
		charges: [],
		elapsedMs: evidence.nowMs - evidence.beganMs,
	};
}

const firstMeasured = (designs: readonly MeasuredDesign[]): MeasuredDesign => {
	const first = designs.find(({ sets }) => sets.length > 0);
	if (first === undefined) throw new RangeError("no design was measured");
	return first;
};

/** By what was measured; one way only where there was no time for the other, or it could not be. */
function methodOf(designs: readonly MeasuredDesign[]): Matrix["method"] {
	const [way = "absent", ...more] = new Set(designs.flatMap((each) => (each.sets.length > 0 ? each.way : [])));
	return more.length > 0 ? "both" : way;
}

/** By design, in their order. */
type Estimates = ReadonlyMap<MeasuredDesign, DesignEffects>;

/** What designs say of layers, by themselves and together. */
interface Said {
	readonly estimates: Estimates;
	readonly effects: readonly LayerEffect[];
	readonly remainders: readonly Remainder[];
	/** Null where all was measured one way. */
	readonly other: OtherWay | null;
}

function whatIsSaid({ plan: { design }, designs, checked, factors }: MatrixEvidence): Said {
	const measured = designs.filter(({ sets }) => sets.length > 0);
	const skipped = measured.find(({ way }) => way === "toggled");
	const left = measured.find(({ way }) => way !== "toggled");
	if (skipped !== undefined && left !== undefined) return saidBothWays(skipped, left, design, factors);
	const estimates = measured.map((each) => effectsOfDesign(evidenceOf(each), design));
	const effects = estimates.flatMap((each, index) =>
		// Of each factor by the last design that it was part of.
		each.effects.filter(({ factor }) => !estimates.slice(index + 1).some((later) => isIn(later, factor))),
	);
	return {
		estimates: new Map(measured.map((each, index) => [each, estimates[index] as DesignEffects])),
		effects,
		remainders: estimates[0]?.remainders ?? [],
		other: checked === null ? null : otherWay(effects, effectsOfDesign(evidenceOf(checked), design).effects),
	};
}

const isIn = ({ effects }: Pick<DesignEffects, "effects">, name: string): boolean =>
	effects.some(({ factor }) => factor === name);

/** Intervals and names of both ways hold together, so which of them is believed may depend on what they say. */
function saidBothWays(skipped: MeasuredDesign, left: MeasuredDesign, design: JudgingRules, factors: number): Said {
	const asked = left.design.contrasts.map((weights) => weights.some((weight) => weight !== 0));
	const rules = { ...design, effectsTogether: factors + asked.filter(Boolean).length };
	const [toggled, absent] = [skipped, left].map((each) => effectsOfDesign(evidenceOf(each), rules)) as [
		DesignEffects,
		DesignEffects,
	];
	const { effects, other } = bothWays(toggled.effects, absent.effects);
	return {
		estimates: new Map([
			[skipped, toggled],
			[left, absent],
		]),
		effects,
		remainders: remaindersOfBothWays(toggled, absent, effects, left.design.factors, rules),
		other,
	};
}

/** Groups of a first design whose members were measured one by one give way to them. */
function finalFactors(designs: readonly MeasuredDesign[]): Factor[] {
	const later = designs.slice(1).flatMap(({ factors }) => factors);
	const measuredLater = new Set(later.flatMap(({ layers }) => layers));
	const kept = (designs[0]?.factors ?? []).filter(({ layers }) => !layers.some((id) => measuredLater.has(id)));
	return [...kept, ...later];
}

const of = (factors: readonly Factor[], effects: readonly LayerEffect[]): LayerEffect[] =>
	factors.flatMap(({ name }) => effects.filter(({ factor }) => factor === name));

/** CPU by all rounds, of each factor by the design that is believed. */
const allRoundsOf = (effects: readonly LayerEffect[], estimates: Estimates): LayerEffect[] =>
	effects
		.filter(({ metric }) => metric === "cpu")
		.flatMap(({ factor, way }) => {
			const by = [...estimates.values()].findLast((each) =>
				each.effects.some((own) => own.factor === factor && own.way === way),
			);
			return by?.allRounds?.effects.filter((own) => own.factor === factor) ?? [];
		});

function variantOf(
	variant: MeasuredVariant,
	{ designs, measurementIds }: MatrixEvidence,
	estimates: Estimates,
): Variant {
	const design = designs.findLast(({ variants }) => variants.includes(variant));
	const estimate = design === undefined ? undefined : estimates.get(design);
	const cell = design?.variants.indexOf(variant) ?? -1;
	const level = (metric: LayerMetric): number | null => estimate?.levels[metric]?.[cell] ?? null;
	const figures: VariantFigures = {
		...answersOf(variant),
		cpuNsPerRequest: level("cpu"),
		allCpuNsPerRequest: estimate?.allRounds?.levels[cell] ?? null,
		bytesPerRequest: level("alloc"),
		p50Ns: level("p50"),
		p99Ns: level("p99"),
		loadedP50Ns: level("loaded-p50"),
		loadedP99Ns: level("loaded-p99"),
		requestsPerSecond: level("rps"),
	};
	return {
		name: variant.name,
		way: variant.way,
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
	measured.sets.map(({ endedAtMs, block, figures, cold }) => ({
		endedAtMs: endedAtMs - beganMs,
		block,
		way: measured.way,
		cold: cold.map((cell) => variants.indexOf(variantOfCell(measured, cell))),
		figures: variants.map((variant) => figures[measured.variants.indexOf(variant)] ?? null),
	}));

/** The median over sets of how long all slices of a set took together. */
function typicalSetMs(designs: readonly MeasuredDesign[]): number {
	const lengths = designs.flatMap(({ sets }) => sets.map(({ measuredMs }) => measuredMs)).toSorted((a, b) => a - b);
	return lengths[lengths.length >> 1] ?? 1;
}
