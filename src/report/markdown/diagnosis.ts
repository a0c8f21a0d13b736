import type { Diagnosis, Difference } from "#src/model/diagnosis.js";
import type { DiagnoseRun } from "#src/model/run.js";
import type { ChangedFunctions } from "#src/report/figures/changed-functions.js";
import { trialRows } from "#src/report/figures/trials.js";
import { chainOf } from "#src/report/sentences/diagnosis.js";
import { table } from "./blocks.js";
import { comparisonEvidence } from "./comparison.js";
import { codeCell, escapeMarkdown } from "./escape.js";

/** The answer of `az-prof diagnose` for a pull request: the chain, the lines, what was taken back, the comparison. Ends with a newline. */
export function renderDiagnosisMarkdown(run: DiagnoseRun, changed: readonly ChangedFunctions[]): string {
	const { diagnosis } = run;
	const guilty = diagnosis.suspects.filter(({ difference }) => diagnosis.culprits.includes(difference.id));
	const parts = [
		chainOf(run)
			.map(({ name, text }, index) => `${index + 1}. **${name}**: ${escapeMarkdown(text)}`)
			.join("\n"),
		...guilty.map(({ difference }) => changedLines(difference)),
		trialTable(diagnosis),
		...comparisonEvidence(run, changed),
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** As a diff; a fence that no line of it can end. */
function changedLines(difference: Difference): string {
	if (difference.kind !== "lines") return "";
	const lines = [...difference.removed.map((text) => `-${text}`), ...difference.added.map((text) => `+${text}`)];
	const longest = Math.max(2, ...lines.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length));
	const fence = "`".repeat(longest + 1);
	return `${fence}diff\n${lines.join("\n")}\n${fence}`;
}

function trialTable({ trials, suspects }: Diagnosis): string {
	if (trials.length === 0) return "";
	return table(
		[
			["taken back", "left"],
			["gone", "right"],
			["base", "right"],
			["head", "right"],
			["without", "right"],
			["sets", "right"],
			["result", "left"],
		],
		trialRows(trials, suspects).map(({ name, gone, base, head, without, sets, outcome, reason }) => [
			codeCell(name),
			gone,
			base,
			head,
			without,
			sets,
			reason === "" ? outcome : `${outcome}: ${escapeMarkdown(reason)}`,
		]),
	);
}
