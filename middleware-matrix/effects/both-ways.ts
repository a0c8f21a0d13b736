import type { LayerEffect, OtherWay, Remainder } from "#src/model/matrix.js";
import { type LayerMetric, layerMetrics, layerMetricUnits } from "#src/model/metric-names.js";
import { disagreements } from "./disagreements.js";
import type { DesignEffects, JudgingRules } from "./effects-of-design.js";
import { criticalFor, type Effects, isLargeRemainder } from "./estimate-effects.js";

/** What is said of each factor, and what the other way said of those that were measured both ways. */
export interface BothWays {
	readonly effects: readonly LayerEffect[];
	readonly other: OtherWay;
}

/**
 * Of each factor and metric one effect. All intervals of both ways hold together, and all names of both share alpha
 * (JudgingRules.effectsTogether), so any of two effects may be chosen, by whatever they say. Where they differ by more than their
 * intervals, the layer that was left out is believed; else the one that found something, then the one that found that there is
 * nothing, then the one that is known better.
 */
export function bothWays(toggled: readonly LayerEffect[], absent: readonly LayerEffect[]): BothWays {
	const differ = disagreements(absent, toggled);
	const chosen: LayerEffect[] = [];
	const others: LayerEffect[] = [];
	for (const skipped of toggled) {
		const left = absent.find((each) => isOfSame(each, skipped));
		if (left === undefined) {
			chosen.push(skipped);
			continue;
		}
		const mustBelieve = differ.some((each) => isOfSame(each, skipped));
		const believed = mustBelieve || rankOf(left) <= rankOf(skipped) ? left : skipped;
		chosen.push(believed);
		others.push(believed === left ? skipped : left);
	}
	const only = absent.filter((left) => !toggled.some((skipped) => isOfSame(left, skipped)));
	return { effects: [...chosen, ...only], other: { effects: others, disagreements: differ } };
}

type OfOne = Pick<LayerEffect, "factor" | "metric">;
const isOfSame = (a: OfOne, b: OfOne): boolean => a.factor === b.factor && a.metric === b.metric;

const VERDICTS: Readonly<Record<LayerEffect["verdict"], number>> = { costs: 0, saves: 0, nothing: 1, "cannot tell": 2 };

/** Of two that tell nothing, the narrower interval comes first. */
const rankOf = ({ verdict, low, high, change, share }: LayerEffect): number =>
	VERDICTS[verdict] +
	(verdict !== "cannot tell" ? 0 : low === null || high === null ? 1 : shrunk(widthOf(low, high, change, share)));

/** As a share of bare, as the two were not measured at the same time. */
const widthOf = (low: number, high: number, change: number, share: number): number =>
	change === 0 ? 0 : (high - low) * Math.abs(share / change);

/** From 0 to 1, in the same order. */
const shrunk = (width: number): number => width / (1 + width);

/**
 * What all layers cost beyond what is said of each: all − bare by leaving out, less the effects of those that were left out and of the
 * others by skipping. What layers cost by being there, which no skipped hook shows, is in it, and what they cost only together.
 * @param rest indices of the factors that were only skipped
 */
export function remaindersOfBothWays(
	toggled: DesignEffects,
	absent: DesignEffects,
	rest: readonly number[],
	rules: JudgingRules,
): Remainder[] {
	return layerMetrics.flatMap((metric) => {
		const [skipped, left] = [toggled.found.get(metric), absent.found.get(metric)];
		return skipped === undefined || left === undefined ? [] : (remainderOf(metric, skipped, left, rest, rules) ?? []);
	});
}

function remainderOf(
	metric: LayerMetric,
	skipped: Effects,
	left: Effects,
	rest: readonly number[],
	{ confidence, margins, effectsTogether = 0 }: JudgingRules,
): Remainder | null {
	const { bare, rest: beyond, total } = left.estimates;
	const others = rest.length === 0 ? { value: 0, error: 0 } : skipped.estimates.sumOf(rest);
	if (beyond === null || total === null || others === null) return null;
	// The machine need not have been as fast.
	const speed = bare / skipped.estimates.bare;
	const change = beyond.value - speed * others.value;
	const degrees = Math.min(left.degrees, rest.length === 0 ? left.degrees : skipped.degrees);
	const error = beyond.error === null || others.error === null ? null : Math.hypot(beyond.error, speed * others.error);
	const half = error === null || degrees < 1 ? null : criticalFor(confidence, effectsTogether + 1, degrees) * error;
	const interval = half === null ? { low: null, high: null } : { low: change - half, high: change + half };
	const large = isLargeRemainder({ change, ...interval }, total.value, margins[metric] * bare);
	return { metric, unit: layerMetricUnits[metric], change, share: change / bare, ...interval, large };
}
