import type { AnyRun } from "#src/model/run.js";
import { sentenceOf } from "#src/report/sentences/finding.js";
import { quoted } from "#src/report/sentences/phrases.js";

/** What a run that did not come to its end says of that. */

/** " Ended early: the target exited with code 1."; nothing for a complete run. */
export const endedEarly = ({ state }: AnyRun): string =>
	state.kind === "partial" ? ` Ended early: ${quoted(state.reason)}.` : "";

export function nothingMeasured({ state, findings }: AnyRun): string {
	const problem = findings.find(({ severity }) => severity === "problem");
	const why = state.kind === "partial" ? state.reason : problem === undefined ? null : sentenceOf(problem);
	return why === null ? "Nothing could be measured." : `Nothing could be measured: ${quoted(why)}.`;
}
