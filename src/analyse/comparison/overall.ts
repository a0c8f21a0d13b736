import type { Ending, MetricName, Verdict } from "#src/model/comparison.js";
import { criticalT } from "./critical-t.js";
import { type JudgeDesign, type Judged, marginOf } from "./judge-contrasts.js";

/** Metrics of which a change that is told early says so much that the others need not be waited for: they follow from it. */
const LEADING: readonly MetricName[] = ["errors", "cpu"];
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
		({ metric, rule, verdict }) => rule === "early" && verdict !== "cannot tell" && LEADING.includes(metric),
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

const isSuspicious = ({ metric, verdict, estimate, sd, sets }: Judged, design: JudgeDesign): boolean =>
	verdict === "cannot tell" &&
	estimate !== null &&
	Math.abs(estimate) >= marginOf(metric, design) &&
	(sd === null || Math.abs(estimate) >= (criticalT(SUSPICION, sets) * sd) / Math.sqrt(sets));
