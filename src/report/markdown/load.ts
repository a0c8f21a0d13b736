import type { LoadRun } from "#src/model/run.js";
import { clientSentence, loadMethod } from "#src/report/sentences/load.js";
import { answerParts } from "./answer.js";
import { findingList } from "./blocks.js";
import { escapeMarkdown } from "./escape.js";
import { latencyTable, measurementTable } from "./measurements.js";

/** The answer of `az-prof load` for a pull request. */
export function renderLoadMarkdown(run: LoadRun): string {
	const { client } = run;
	const parts = [
		...answerParts(run),
		measurementTable(run.measurements),
		escapeMarkdown(run.measurements.length === 0 ? "" : loadMethod(run.measurements)),
		latencyTable(run.measurements),
		client === null ? "" : escapeMarkdown(clientSentence(run, client)),
		findingList(run.findings),
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
