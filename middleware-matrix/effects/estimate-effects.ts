import type { Design } from "#matrix/designs/design.js";
import { criticalT } from "#src/analyse/comparison/critical-t.js";
import { studentCdf } from "#src/analyse/statistics/distributions.js";
import type { LayerEffect, LayerMetric, Remainder } from "#src/model/matrix.js";
import { type Estimate, type Estimates, estimatesOf } from "./contrast-estimates.js";
import type { EvidenceOfSet } from "./evidence.js";
import { holmAdjusted } from "./holm.js";

export interface EffectRules {
	/** Of the simultaneous intervals: 0.95. */
	readonly confidence: number;
	/** A factor is named with a p, adjusted by Holm, below this. */
	readonly alpha: number;
	/** The smallest effect that matters, as a share of bare. */
	readonly margin: number;
	/** Requests per second, not times or bytes. */
	readonly moreIsBetter: boolean;
	/**
	 * How many effects are judged together, where those of another design are as well: intervals hold for all of them at once, and each
	 * has the same part of alpha. Absent: those of this design.
	 */
	readonly effectsTogether?: number;
}

/** Whichever way its layers were switched. */
type SwitchedEffect = Omit<LayerEffect, "way">;

export interface Effects {
	/** Of the factors whose cells were measured, in the order of the design. */
	readonly effects: readonly SwitchedEffect[];
	/**
	 * Null where all or an effect is missing, and where effects make up all by definition (one factor; a factorial of
	 * 2, 8 or 16).
	 */
	readonly remainder: Remainder | null;
	/** By cell, at the mean speed of all sets; null where it was not measured. */
	readonly levels: readonly (number | null)[];
	/**
	 * How much processes of the same cell in one set differ: standard deviation, relative. Null with fewer than two
	 * sets.
	 */
	readonly sigma: number | null;
	/** Of the residuals that sigma was estimated from. */
	readonly degrees: number;
	readonly estimates: Estimates;
}

/** The remainder is called large only where it is more than this share of what all layers cost together. */
const LARGE_SHARE = 0.1;
/**
 * How much of an effect must be left without any one set: two thirds cost little power, a half would let some wild ones
 * pass.
 */
const STEADY_SHARE = 2 / 3;

/**
 * What each factor adds, in the unit of the metric, with simultaneous intervals (Šidák) and p adjusted by Holm. Levels
 * and noise are fitted in logs; an effect is a sum of levels, its error by the delta method with their full covariance.
 * Null where the metric cannot be judged: a value that is not above 0, or nothing known of bare.
 */
export function estimateEffects(
	design: Design,
	metric: LayerMetric,
	unit: LayerEffect["unit"],
	sets: readonly EvidenceOfSet[],
	rules: EffectRules,
): Effects | null {
	if (!sets.every(({ values }) => values.every((value) => value === null || (value > 0 && value < Infinity))))
		return null;
	const estimates = estimatesOf(design, sets);
	if (estimates === null) return null;
	const { bare, degrees, levels, sigma } = estimates;
	const margin = rules.margin * bare;
	const half = halfWidths(estimates, rules);
	const changeOf = (estimate: Estimate) => {
		const [low, high] =
			half === null ? [null, null] : [estimate.value - half(estimate), estimate.value + half(estimate)];
		return { metric, unit, change: estimate.value, share: estimate.value / bare, low, high };
	};

	const known = estimates.factors.flatMap((estimate, factor) => (estimate === null ? [] : [{ factor, estimate }]));
	const p = degrees > 0 ? known.map(({ estimate }) => pOf(estimate, degrees)) : null;
	const holm = p === null ? null : holmAdjusted(p);
	const alpha = rules.alpha * (known.length / Math.max(known.length, rules.effectsTogether ?? 0));
	const judged = known.map(({ factor, estimate }, index) => {
		const holmP = holm?.[index] ?? null;
		const change = { ...changeOf(estimate), factor: design.factors[factor] ?? "", p: p?.[index] ?? null, holmP };
		return { factor, change, real: holmP !== null && holmP < alpha && Math.abs(estimate.value) >= margin };
	});
	const partial = judged.some(({ real }) => real) ? withoutEach(design, sets) : [];
	const effects = judged.map(({ factor, change, real }): SwitchedEffect => {
		if (real && isSteady(factor, change.share, partial)) {
			return { ...change, verdict: change.change > 0 === rules.moreIsBetter ? "saves" : "costs" };
		}
		return { ...change, verdict: isWithin(change, margin) ? "nothing" : "cannot tell" };
	});
	const rest = estimates.remainder === null ? null : changeOf(estimates.remainder);
	const remainder = rest && { ...rest, large: isLargeRemainder(rest, estimates.total?.value ?? 0, margin) };
	return { effects, remainder, levels, sigma, degrees, estimates };
}

/**
 * Šidák 1967, "Rectangular confidence regions for the means of multivariate normal distributions", JASA 62: so many
 * intervals, each at the root of the confidence, cover together with the confidence at least, however they are
 * correlated, and also where they share the estimate of the noise. The exact quantile (for a common bare Dunnett 1955,
 * JASA 50) is smaller by 2–5 % (simulated; 30–10 degrees), so none is computed. The remainder is one of them. Null without degrees of
 * freedom.
 */
function halfWidths(
	{ factors, remainder, degrees }: Estimates,
	{ confidence, effectsTogether }: Pick<EffectRules, "confidence" | "effectsTogether">,
): ((of: Estimate) => number) | null {
	if (degrees < 1) return null;
	const own = factors.length + (remainder === null ? 0 : 1);
	const critical = criticalFor(confidence, effectsTogether === undefined ? own : effectsTogether + 1, degrees);
	return ({ error }) => critical * (error ?? Infinity);
}

/** Of each of so many intervals that hold together. */
export const criticalFor = (confidence: number, intervals: number, degrees: number): number =>
	criticalT(1 - confidence ** (1 / intervals), degrees + 1);

/** Two-sided. */
const pOf = ({ value, error }: Estimate, degrees: number): number =>
	Math.min(1, 2 * studentCdf(-Math.abs(value / (error ?? Infinity)), degrees));

const withoutEach = (design: Design, sets: readonly EvidenceOfSet[]): (Estimates | null)[] =>
	sets.map((left) =>
		estimatesOf(
			design,
			sets.filter((set) => set !== left),
		),
	);

/**
 * Whether no single set makes the effect: without any of them at least two thirds of it are left. The pooled noise is
 * that of all cells, and where its tails are heavy one wild process looks certain beside it; this is what such a
 * process does not survive.
 */
function isSteady(factor: number, share: number, partial: readonly (Estimates | null)[]): boolean {
	return partial.every((estimates) => {
		const estimate = estimates?.factors[factor] ?? null;
		return estimates !== null && estimate !== null && estimate.value / estimates.bare / share >= STEADY_SHARE;
	});
}

type Change = Pick<LayerEffect, "change" | "low" | "high">;

/**
 * Two one-sided tests (Schuirmann 1987, Journal of Pharmacokinetics and Biopharmaceutics 15), both by the simultaneous
 * interval.
 */
const isWithin = ({ low, high }: Change, margin: number): boolean =>
	low !== null && high !== null && low > -margin && high < margin;

/** It is real, and more than little beside what all layers cost together. */
export function isLargeRemainder({ change, low, high }: Change, total: number, margin: number): boolean {
	if (low === null || high === null || (low <= 0 && high >= 0)) return false;
	return Math.abs(change) > LARGE_SHARE * Math.abs(total) && Math.abs(change) > margin;
}
