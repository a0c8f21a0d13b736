import type { ComparedRun } from "#src/model/run.js";
import { slicesOfSides } from "#src/report/figures/comparison.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { calibrationAnswer } from "#src/report/sentences/calibration.js";
import { type ComparisonAnswer, comparisonAnswer } from "#src/report/sentences/comparison.js";
import { endedEarly, nothingMeasured } from "./unfinished.js";

const endpointOf = (run: ComparedRun): string => {
	const [first] = slicesOfSides(run);
	return first === undefined ? "the endpoint" : endpointLabel(first.endpoint);
};

/** The answer of `compare` or `calibrate`. Without a verdict where nothing could be measured. */
export function comparedAnswer(run: ComparedRun): ComparisonAnswer {
	const { comparison } = run;
	if (comparison === null || comparison.sets.length === 0) {
		return { verdict: "", rest: nothingMeasured(run), besides: [] };
	}
	const answer = run.command === "calibrate" ? calibrationAnswer : comparisonAnswer;
	const { verdict, rest, besides } = answer(comparison, endpointOf(run));
	return { verdict, rest, besides: [...besides, endedEarly(run)] };
}
