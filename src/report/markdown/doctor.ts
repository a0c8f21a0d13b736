import type { DoctorRun } from "#src/model/run.js";
import { doctorFigures, doctorMeasurement } from "#src/report/figures/doctor.js";
import { otherVerdictSentence } from "#src/report/sentences/other-verdict.js";
import { answerParts } from "./answer.js";
import { findingList } from "./blocks.js";
import { escapeMarkdown } from "./escape.js";
import { figureTable } from "./figures.js";

/** The answer of `az-prof doctor` for a pull request. Ends with a newline, so that it can be appended to a file. */
export function renderDoctorMarkdown(run: DoctorRun): string {
	const { doctor } = run;
	const parts = [
		...answerParts(run),
		doctor === null ? "" : figureTable(doctorFigures(doctor, doctorMeasurement(run))),
		...(doctor?.others ?? []).map((other) => escapeMarkdown(otherVerdictSentence(other, doctor?.verdicts ?? []))),
		findingList(run.findings),
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
