import type { Ending, Verdict } from "#src/model/comparison.js";
import { criticalT } from "./critical-t.js";
import { type JudgeDesign, type Judged, marginOf } from "./judge-contrasts.js";

/** A lone request takes as much longer as it costs more CPU, if all requests do: by at least this part of it, in logs. */
const FOLLOWS = 0.25;
/** A metric that looks as if it differed does so at this level, by itself and at this look. */
const SUSPICION = 0.02;

export interface Overall {
	readonly verdict: Verdict;
	/** Why there is nothing more to measure; null while more sets could lead to another verdict. */
	readonly ending: Ending | null;
}

/**
 * Verdict of all metrics together, and whether the measurement is over: every primary metric is settled, a large change of errors or
 * CPU was told, all planned looks were taken, or, where that is asked for, a judged metric regressed. "No change" asks it of the
 * primary metrics, and of the others that none of them differs, nor looks as if it did: such a one is waited for.
 */
export function overall(judged: readonly Judged[], design: JudgeDesign): Overall {
	const counted = judged.filter((each) => each.judged);
	const primary = counted.filter(({ metric }) => design.primary.includes(metric));
	const deciding = primary.length > 0 ? primary : counted;
	const any = (verdict: Verdict): boolean => counted.some((each) => each.verdict === verdict);
	const settled =
		deciding.length > 0 &&
		deciding.every((each) => each.verdict !== "cannot tell") &&
		!counted.some((each) => isSuspicious(each, design));
	const isLarge = counted.some(
		(each) => each.rule === "early" && each.verdict !== "cannot tell" && saysAll(each, judged),
	);
	const ending: Ending | null = isLarge
		? "large"
		: design.failFast && any("regressed")
			? "fail fast"
			: settled
				? "settled"
				: counted.some(({ sets }) => sets >= design.mostSets)
					? "last look"
					: null;
	const verdict = any("regressed") ? "regressed" : any("improved") ? "improved" : settled ? "no change" : "cannot tell";
	return { verdict, ending };
}

/**
 * Whether a large change says so much that the others need not be waited for, as they follow from it: one of errors does, and one of
 * CPU where a lone request moved with it. Where it did not, few requests cost it all, and the tail is what people feel.
 */
function saysAll({ metric, estimate }: Judged, judged: readonly Judged[]): boolean {
	if (metric !== "cpu") return metric === "errors";
	const p50 = judged.find((each) => each.metric === "p50")?.estimate;
	return p50 == null || estimate === null || p50 / estimate >= FOLLOWS;
}

const isSuspicious = ({ metric, verdict, estimate, sd, sets }: Judged, design: JudgeDesign): boolean =>
	verdict === "cannot tell" &&
	estimate !== null &&
	Math.abs(estimate) >= marginOf(metric, design) &&
	(sd === null || Math.abs(estimate) >= (criticalT(SUSPICION, sets) * sd) / Math.sqrt(sets));
