import type { LoadRun } from "#src/model/run.js";
import { headline } from "#src/report/sentences/headline.js";
import { clientSentence, loadMethod } from "#src/report/sentences/load.js";
import { findingList } from "./blocks.js";
import { escapeMarkdown } from "./escape.js";
import { latencyTable, measurementTable } from "./measurements.js";

/** The answer of `az-prof load` for a pull request. */
export function renderLoadMarkdown(run: LoadRun): string {
	const { client } = run;
	const parts = [
		escapeMarkdown(headline(run, new Map())),
		measurementTable(run.measurements),
		escapeMarkdown(run.measurements.length === 0 ? "" : loadMethod(run.measurements)),
		latencyTable(run.measurements),
		client === null ? "" : escapeMarkdown(clientSentence(run, client)),
		findingList(run.findings),
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
