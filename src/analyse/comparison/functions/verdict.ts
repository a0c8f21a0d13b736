import type { Judgement } from "#src/analyse/comparison/judge.js";
import type { Verdict } from "#src/model/comparison.js";
import type { FunctionVerdicts } from "#src/model/function-verdicts.js";

type Change = FunctionVerdicts["changed"][number];

/** What the functions that are named add up to, in nanoseconds of CPU a request. */
const namedDifferenceNs = ({ changed }: FunctionVerdicts): number =>
	changed.filter(isChange).reduce((sum, { differenceNs }) => sum + differenceNs, 0);

/** Code that only moved costs nothing, what waiting takes is judged by what is waited for, and layers are made of the same functions. */
const isChange = ({ kind, verdict }: Change): boolean =>
	kind !== "layer" && (verdict === "dearer" || verdict === "cheaper");

/**
 * The verdict of the run: that of its metrics; where these cannot tell, and the functions that changed add up to what matters of CPU,
 * theirs. What functions allocate decides nothing: bytes of the whole request are known far better.
 */
export function verdictOf(
	{ verdict, effects }: Pick<Judgement, "verdict" | "effects">,
	functions: FunctionVerdicts | null,
): Verdict {
	const cpu = effects.find(({ metric }) => metric === "cpu");
	if (verdict !== "cannot tell" || functions === null || cpu?.judged !== true || cpu.base === null) return verdict;
	const share = namedDifferenceNs(functions) / cpu.base;
	if (Math.abs(share) < cpu.margin) return verdict;
	return share > 0 ? "regressed" : "improved";
}
