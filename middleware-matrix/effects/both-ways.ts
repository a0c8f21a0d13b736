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
 * nothing, then the one that is known better. Of two that found something it is the layer that was left out, unless skipping knows
 * the size so much better that what it leaves out matters less.
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
		const believed = mustBelieve || isBelieved(left, skipped) ? left : skipped;
		chosen.push(believed);
		others.push(believed === left ? skipped : left);
	}
	const only = absent.filter((left) => !toggled.some((skipped) => isOfSame(left, skipped)));
	return { effects: [...chosen, ...only], other: { effects: others, disagreements: differ } };
}

type OfOne = Pick<LayerEffect, "factor" | "metric">;
const isOfSame = (a: OfOne, b: OfOne): boolean => a.factor === b.factor && a.metric === b.metric;

const VERDICTS: Readonly<Record<LayerEffect["verdict"], number>> = { costs: 0, saves: 0, nothing: 1, "cannot tell": 2 };

/** Of bare, from end to end of an interval: what skipping may leave out of a size is as much. */
const ACCURATE = 0.05;
/** So many times as wide an interval is worse than that. */
const MUCH_WIDER = 2;

/** Whether the layer that was left out tells more than the one that was skipped, where the two agree. */
function isBelieved(left: LayerEffect, skipped: LayerEffect): boolean {
	const [mine, other] = [VERDICTS[left.verdict], VERDICTS[skipped.verdict]];
	if (mine !== other) return mine < other;
	if (left.verdict === "nothing") return true;
	if (left.verdict === "cannot tell") return widthOf(left) <= widthOf(skipped);
	return widthOf(left) <= Math.max(ACCURATE, MUCH_WIDER * widthOf(skipped));
}

/** As a share of bare, as the two were not measured at the same time. */
function widthOf({ low, high, change, share }: LayerEffect): number {
	if (low === null || high === null) return Number.POSITIVE_INFINITY;
	return change === 0 ? 0 : (high - low) * Math.abs(share / change);
}

/**
 * What all layers cost beyond what is said of each: all − bare by leaving out, less the effects that are told, by either way. What
 * layers cost by being there, which no skipped hook shows, is in it, and what they cost only together.
 * @param told of every factor and metric
 * @param factors their names, in the order of both designs
 */
export function remaindersOfBothWays(
	toggled: DesignEffects,
	absent: DesignEffects,
	told: readonly LayerEffect[],
	factors: readonly string[],
	rules: JudgingRules,
): Remainder[] {
	return layerMetrics.flatMap((metric) => {
		const [skipped, left] = [toggled.found.get(metric), absent.found.get(metric)];
		if (skipped === undefined || left === undefined) return [];
		const isSkipped = (name: string): boolean =>
			told.some((each) => each.metric === metric && each.factor === name && each.way === "toggled");
		return remainderOf(metric, skipped, left, factors.map(isSkipped), rules) ?? [];
	});
}

function remainderOf(
	metric: LayerMetric,
	skipped: Effects,
	left: Effects,
	isSkipped: readonly boolean[],
	{ confidence, margins, effectsTogether = 0 }: JudgingRules,
): Remainder | null {
	const { bare, total } = left.estimates;
	const indices = (which: boolean): number[] => isSkipped.flatMap((is, index) => (is === which ? [index] : []));
	const rest = indices(true);
	const beyond = left.estimates.beyond(indices(false));
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
