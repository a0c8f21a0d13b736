import type { CallTree } from "#src/model/call-tree.js";
import type { RunRecord } from "#src/model/run.js";
import { type Answer, answerOf } from "./answer.js";
import { allocHeadline } from "./headlines/alloc.js";
import { comparedAnswer } from "./headlines/compared.js";
import { diagnosisHeadline } from "./headlines/diagnosis.js";
import { doctorHeadline } from "./headlines/doctor.js";
import { flameHeadline } from "./headlines/flame.js";
import { loadHeadline } from "./headlines/load.js";
import { matrixHeadline } from "./headlines/matrix.js";

/** What answers the question that the run was made for, in two lines, and what else was found. */
export const answer = (run: RunRecord, trees: ReadonlyMap<string, CallTree>): Answer =>
	answerOf(sentencesOf(run, trees));

/** The two lines alone. */
export const headline = (run: RunRecord, trees: ReadonlyMap<string, CallTree>): string => answer(run, trees).headline;

/** All of it, what matters most first. Where nothing could be measured it says so, and why if that is known. */
function sentencesOf(run: RunRecord, trees: ReadonlyMap<string, CallTree>): readonly string[] {
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
			const { verdict, rest, besides } = comparedAnswer(run);
			return [`${verdict}${rest}`, ...besides];
		}
		case "diagnose":
			return diagnosisHeadline(run);
		case "matrix":
			return matrixHeadline(run);
	}
}
