import type { MatrixRun } from "#src/model/run.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { matrixAnswer, nothingSwitchedSentence } from "#src/report/sentences/matrix.js";
import { neededClause } from "#src/report/sentences/needed-layers.js";
import { endedEarly, nothingMeasured } from "./unfinished.js";

/** The answer of `matrix`. */
export function matrixHeadline(run: MatrixRun): string[] {
	const { matrix, stack } = run;
	const [first] = run.measurements;
	const endpoint = first === undefined ? "the endpoint" : endpointLabel(first.endpoint);
	if (matrix === null) {
		const layers = stack?.layers ?? [];
		const nothingToSwitch = layers.length > 0 && layers.every(({ keptIn }) => keptIn !== null);
		return [nothingToSwitch ? nothingSwitchedSentence(layers.length, endpoint) : nothingMeasured(run)];
	}
	if (matrix.effects.length === 0) return [nothingMeasured(run)];
	const needed = stack === null ? "" : neededClause(matrix, stack);
	const [opening = "", ...others] = matrixAnswer(matrix, endpoint);
	return [opening, needed, ...others, endedEarly(run)];
}
