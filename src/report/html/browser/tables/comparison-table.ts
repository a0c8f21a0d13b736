import type { Comparison, Effect, Side } from "#src/model/comparison.js";
import { regimes } from "#src/model/load-words.js";
import type { ComparedRun } from "#src/model/run.js";
import { slicesOfSide } from "#src/report/figures/comparison.js";
import { loadLabel } from "#src/report/labels/load.js";
import {
	formatEffectChange,
	formatEffectInterval,
	formatSideOfEffect,
	shownInterval,
} from "#src/report/numbers/effects.js";
import { formatCount } from "#src/report/numbers/format.js";
import { type PairChange, type PairRow, type PairSide, pairPanel, verdictClass } from "./pair-table.js";

/** Both sides and how they changed, with the interval that the comparison gives; below, the percentiles of all slices. */
export function comparisonPanel(run: ComparedRun, comparison: Comparison): HTMLElement {
	const side = ({ name, label }: Side): PairSide => ({
		name,
		label,
		totals: regimes.flatMap((regime) => slicesOfSide(run, name, regime) ?? []),
	});
	const [base, head] = comparison.sides;
	return pairPanel({
		sides: [side(base), side(head)],
		direction: "head to base",
		rows: comparison.effects.flatMap((effect) => rowOf(effect) ?? []),
		caption: caption(comparison),
	});
}

/** Null where the metric could not be measured. */
function rowOf(effect: Effect): PairRow | null {
	const change = changeOf(effect);
	if (change === null) return null;
	const { metric, base, head } = effect;
	return { metric, figures: [formatSideOfEffect(effect, base), formatSideOfEffect(effect, head)], change };
}

function changeOf(effect: Effect): PairChange | null {
	if (effect.change === null) return null;
	return {
		text: formatEffectChange(effect, "signed", "pt"),
		interval: shownInterval(effect) === null ? null : formatEffectInterval(effect),
		className: effect.judged ? verdictClass(effect.verdict) : "not-judged",
		judged: effect.judged,
	};
}

function caption({ design, effects }: Comparison): string {
	const more = effects.some((each) => each.judged && each.low !== null)
		? "Base, head and change are estimated within each process set, where both sides are equally warm. Small figures: the interval of the change."
		: "Too few process sets for an interval of the change.";
	const loads = `p50 to p99.9: ${loadLabel(design.light)}, what somebody waits for whose request is alone; loaded, CPU and bytes: ${formatCount(design.clients)} clients. Both sides in turn, no profiler.`;
	return `${loads} ${more}`;
}
