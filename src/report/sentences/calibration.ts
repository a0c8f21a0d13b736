import type { Comparison, Effect } from "#src/model/comparison.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatConfidence } from "#src/report/numbers/shares.js";
import { formatDurationMs } from "#src/report/numbers/times.js";
import { type ComparisonAnswer, evidenceClause, formatDetectable, namedFigures, processSets } from "./comparison.js";

/** The answer of `calibrate`: two equal sides show what this machine can see. */
export function calibrationAnswer(comparison: Comparison, endpoint: string): ComparisonAnswer {
	const seen = comparison.effects.filter((each) => each.smallestDetectable !== null);
	const first = seen.find(({ metric }) => metric === "cpu") ?? seen[0];
	const rest = seen.filter((each) => each !== first);
	const told = comparison.effects.filter((each) => each.judged && isDifference(each));
	const alarm =
		told.length === 0
			? ""
			: ` But it told two equal sides apart (${told.map(namedFigures).join("; ")}), which by chance happens in ${formatConfidence(comparison.design.alpha)} of runs: something here favours one side.`;
	if (first === undefined) {
		return {
			verdict: "Cannot tell",
			rest: ` what this machine can see: ${evidenceClause(comparison)} are too few, ${formatCount(comparison.design.firstLook)} are needed.`,
			besides: [alarm],
		};
	}
	const others = rest.map((each) => `${wordsOf(each.metric).noun} ${formatDetectable(each)}`).join(", ");
	const sentence = `On this machine a ${formatDurationMs(comparison.elapsedMs)} run detects a ${formatDetectable(first)} change in ${wordsOf(first.metric).noun} of ${endpoint} in 8 of 10 runs (${processSets(comparison.sets.length)}).`;
	return { verdict: "", rest: sentence, besides: [alarm, others === "" ? "" : `Others: ${others}.`] };
}

const isDifference = ({ verdict }: Effect): boolean => verdict === "regressed" || verdict === "improved";
