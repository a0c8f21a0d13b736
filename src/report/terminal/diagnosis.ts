import type { Diagnosis, Difference } from "#src/model/diagnosis.js";
import type { DiagnoseRun } from "#src/model/run.js";
import type { ChangedFunctions } from "#src/report/figures/changed-functions.js";
import { trialRows } from "#src/report/figures/trials.js";
import { chainOf } from "#src/report/sentences/diagnosis.js";
import { comparisonParts } from "./comparison.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, renderTable, shorten, wrap } from "./table.js";

/** As wide as the longest name of a link. */
const NAME_WIDTH = 10;

/** The answer of `az-prof diagnose`: the chain, the lines themselves, what was taken back, and the comparison. */
export function renderDiagnosis(run: DiagnoseRun, changed: readonly ChangedFunctions[], style: TerminalStyle): string {
	const colors = colorsOf(style);
	const { diagnosis } = run;
	const guilty = diagnosis.suspects.filter(({ difference }) => diagnosis.culprits.includes(difference.id));
	const parts = [
		chainOf(run)
			.map(({ name, text, isTold }) => {
				const told = wrap(printable(text), style.columns, " ".repeat(NAME_WIDTH));
				return `${colors.bold(name.padEnd(NAME_WIDTH))}${isTold ? told : colors.yellow(told)}`;
			})
			.join("\n"),
		...guilty.map(({ difference }) => changedLines(difference, style)),
		trialTable(diagnosis, style),
		...comparisonParts(run, changed, style),
	];
	return parts.filter((part) => part !== "").join("\n\n");
}

function changedLines(difference: Difference, style: TerminalStyle): string {
	if (difference.kind !== "lines") return "";
	const colors = colorsOf(style);
	const line = (sign: string, text: string): string =>
		shorten(printable(`${sign} ${text.replaceAll("\t", "  ")}`), style.columns);
	return [
		colors.dim(printable(difference.file)),
		...difference.removed.map((text) => colors.red(line("-", text))),
		...difference.added.map((text) => colors.green(line("+", text))),
	].join("\n");
}

function trialTable({ trials, suspects }: Diagnosis, style: TerminalStyle): string {
	if (trials.length === 0) return "";
	const colors = colorsOf(style);
	return renderTable(
		[
			{ title: "taken back", align: "left" },
			{ title: "gone" },
			{ title: "base" },
			{ title: "head" },
			{ title: "without" },
			{ title: "sets" },
			{ title: "result", align: "left" },
		],
		trialRows(trials, suspects).map(({ name, gone, base, head, without, sets, outcome, reason }) => {
			const room = Math.max(20, style.columns - 90);
			const result = reason === "" ? outcome : `${outcome}: ${reason}`;
			const cells = [
				shorten(printable(name), 40),
				gone,
				base,
				head,
				without,
				sets,
				shorten(printable(result), room + 20),
			];
			return outcome === "proved" ? cells.map(colors.green) : cells;
		}),
	);
}
