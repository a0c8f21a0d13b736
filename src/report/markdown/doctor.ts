import type { RunRecord } from "../../model/run-record.js";
import { doctorFigures } from "../doctor-figures.js";
import { headline } from "../headline.js";
import { findingList, table } from "./blocks.js";
import { escapeMarkdown } from "./escape.js";

/** The answer of `az-prof doctor` for a pull request. Ends with a newline, so that it can be appended to a file. */
export function renderDoctorMarkdown(run: RunRecord): string {
	const { doctor } = run;
	const clean = run.measurements.find(({ id }) => id === doctor?.measurementId);
	const parts = [
		escapeMarkdown(headline(run, new Map())),
		doctor === null
			? ""
			: table(
					[
						["figure", "left"],
						["value", "right"],
						["", "left"],
					],
					doctorFigures(doctor, clean).map(({ label, text, note }) => [label, text, escapeMarkdown(note)]),
				),
		...(doctor?.others ?? []).map(({ sentence }) => escapeMarkdown(sentence)),
		findingList(run.findings),
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
