import type { CalibrateRun, CompareRun } from "#src/model/run.js";
import { slicesOfSides } from "#src/report/figures/comparison.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { calibrationSentence } from "#src/report/sentences/calibration.js";
import { type ComparisonAnswer, comparisonAnswer } from "#src/report/sentences/comparison.js";
import { endedEarly, nothingMeasured } from "./unfinished.js";

const endpointOf = (run: CompareRun | CalibrateRun): string => {
	const [first] = slicesOfSides(run);
	return first === undefined ? "the endpoint" : endpointLabel(first.endpoint);
};

/** The answer of `compare`. Without a verdict where nothing could be measured. */
export function compareAnswer(run: CompareRun): ComparisonAnswer {
	const { comparison } = run;
	if (comparison === null || comparison.sets.length === 0) return { verdict: "", rest: nothingMeasured(run) };
	const { verdict, rest } = comparisonAnswer(comparison, endpointOf(run));
	return { verdict, rest: `${rest}${endedEarly(run)}` };
}

/** The answer of `calibrate`. */
export function calibrateHeadline(run: CalibrateRun): string {
	const { comparison } = run;
	if (comparison === null || comparison.sets.length === 0) return nothingMeasured(run);
	return `${calibrationSentence(comparison, endpointOf(run))}${endedEarly(run)}`;
}
