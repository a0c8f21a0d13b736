import type { Comparison, Effect, Side } from "#src/model/comparison.js";
import type { Measurement } from "#src/model/measurement.js";
import type { RunRecord } from "#src/model/run.js";
import { formatCount, formatEffectChange, formatEffectInterval } from "#src/report/numbers/format.js";
import { type Pair, type PairChange, type PairMetric, type PairSide, pairPanel, verdictClass } from "./pair-table.js";

/** The percentiles of both sides and how they changed, with the interval that the comparison gives. */
export function comparisonPanel(run: RunRecord, comparison: Comparison): HTMLElement {
	const [base, head] = cleanSides(run);
	const side = ({ name, label }: Side, measurement: Measurement | undefined): PairSide => ({
		name,
		label,
		measurement,
	});
	const effectOf = (metric: PairMetric): Effect | undefined =>
		comparison.effects.find((each) => each.metric === metric);
	const pair: Pair = {
		sides: [side(comparison.sides[0], base), side(comparison.sides[1], head)],
		direction: "head to base",
		levelOf: (index, metric) => {
			const effect = effectOf(metric);
			return (index === 0 ? effect?.base : effect?.head) ?? null;
		},
		changeOf: (metric) => changeOf(effectOf(metric)),
		caption: caption(comparison),
	};
	return pairPanel(pair);
}

/** Base and head without a profiler; undefined where a side was not measured. */
export const cleanSides = (run: RunRecord): readonly [Measurement | undefined, Measurement | undefined] => {
	const side = (name: string) => run.measurements.find((each) => each.variant === name && each.collector === null);
	return [side("base"), side("head")];
};

function changeOf(effect: Effect | undefined): PairChange | null {
	if (effect?.change == null) return null;
	return {
		text: formatEffectChange(effect).replace(" points", " pt"),
		interval: effect.low === null ? null : formatEffectInterval(effect),
		className: effect.judged ? verdictClass(effect.verdict) : "not-judged",
		judged: effect.judged,
	};
}

function caption({ design, effects }: Comparison): string {
	const more = effects.some((each) => each.judged && each.low !== null)
		? "Change is taken within each process set, where both sides are equally warm, so it is not the quotient of the columns. Small figures: 95 % intervals of each side, and the interval of the change."
		: "Too few process sets for an interval of the change.";
	return `${formatCount(design.clients)} clients to each side in turn, closed loop, no profiler. ${more}`;
}
