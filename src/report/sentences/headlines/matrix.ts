import type { MatrixRun } from "#src/model/run.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { matrixSentence, nothingSwitchedSentence } from "#src/report/sentences/matrix.js";
import { endedEarly, nothingMeasured } from "./unfinished.js";

/** The answer of `matrix`. */
export function matrixHeadline(run: MatrixRun): string {
	const { matrix, stack } = run;
	const [first] = run.measurements;
	const endpoint = first === undefined ? "the endpoint" : endpointLabel(first.endpoint);
	if (matrix === null) {
		const nothingToSwitch = stack !== null && stack.layers.every(({ keptIn }) => keptIn !== null);
		return nothingToSwitch && run.state.kind === "complete"
			? nothingSwitchedSentence(stack, endpoint)
			: nothingMeasured(run);
	}
	return matrix.effects.length === 0 ? nothingMeasured(run) : `${matrixSentence(matrix, endpoint)}${endedEarly(run)}`;
}
