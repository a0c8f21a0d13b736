import type { CallTree } from "#src/model/call-tree.js";
import type { RunRecord } from "#src/model/run.js";
import { allocHeadline } from "./headlines/alloc.js";
import { comparedAnswer } from "./headlines/compared.js";
import { diagnosisHeadline } from "./headlines/diagnosis.js";
import { doctorHeadline } from "./headlines/doctor.js";
import { flameHeadline } from "./headlines/flame.js";
import { loadHeadline } from "./headlines/load.js";
import { matrixHeadline } from "./headlines/matrix.js";

/**
 * The sentence that answers the question the run was made for. Where nothing could be measured it says so, and why if that is
 * known.
 */
export function headline(run: RunRecord, trees: ReadonlyMap<string, CallTree>): string {
	switch (run.command) {
		case "flame":
			return flameHeadline(run, trees);
		case "load":
			return loadHeadline(run);
		case "alloc":
			return allocHeadline(run, trees);
		case "doctor":
			return doctorHeadline(run);
		case "compare":
		case "calibrate": {
			const { verdict, rest } = comparedAnswer(run);
			return `${verdict}${rest}`;
		}
		case "diagnose":
			return diagnosisHeadline(run);
		case "matrix":
			return matrixHeadline(run);
	}
}
