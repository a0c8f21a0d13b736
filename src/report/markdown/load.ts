import type { RunRecord } from "#src/model/run.js";
import { headline } from "#src/report/sentences/headline.js";
import { clientSentence, loadMethod } from "#src/report/sentences/load.js";
import { findingList } from "./blocks.js";
import { escapeMarkdown } from "./escape.js";
import { latencyTable, measurementTable } from "./measurements.js";

/** The answer of `az-prof load` for a pull request. */
export function renderLoadMarkdown(run: RunRecord): string {
	const client = run.load?.client;
	const parts = [
		escapeMarkdown(headline(run, new Map())),
		measurementTable(run),
		escapeMarkdown(run.measurements.length === 0 ? "" : loadMethod(run.measurements)),
		latencyTable(run),
		client == null ? "" : escapeMarkdown(clientSentence(run, client)),
		findingList(run.findings),
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
