import type { Comparison, Effect } from "#src/model/comparison.js";
import type { ComparedRun } from "#src/model/run.js";
import { type ChangedFunctions, remarksOn } from "#src/report/figures/changed-functions.js";
import { slicesOfSides, totalFigures } from "#src/report/figures/comparison.js";
import { slicesLabel } from "#src/report/labels/load.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { costUnitOf, formatCostDifference } from "#src/report/numbers/cost-unit.js";
import {
	formatChangeSize,
	formatEffectChange,
	formatEffectInterval,
	formatSideOfEffect,
} from "#src/report/numbers/effects.js";
import { answerOf } from "#src/report/sentences/answer.js";
import { changedFunctionsNote } from "#src/report/sentences/changed-functions.js";
import { methodSentence } from "#src/report/sentences/comparison.js";
import { comparedAnswer } from "#src/report/sentences/headlines/compared.js";
import { type Alignment, findingList, folded, table } from "./blocks.js";
import { codeCell, escapeMarkdown } from "./escape.js";

/**
 * The answer of `az-prof compare` for a pull request or a job summary: the sentence, the effects and the functions that
 * changed; percentiles and method are folded away. Ends with a newline, so that it can be appended to a file.
 */
export function renderComparisonMarkdown(run: ComparedRun, changed: readonly ChangedFunctions[]): string {
	const parts = [...answerMarkdown(run), ...comparisonEvidence(run, changed)];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** All but the sentence; some may be empty. */
export function comparisonEvidence(run: ComparedRun, changed: readonly ChangedFunctions[]): string[] {
	const { comparison } = run;
	return [
		effectTable(comparison?.effects ?? []),
		findingList(run.findings.filter(({ severity }) => severity !== "info")),
		...changed.map(functionTable),
		comparison === null || comparison.sets.length === 0 ? "" : details(run, comparison),
	];
}

/** The verdict is bold. */
function answerMarkdown(run: ComparedRun): string[] {
	const { verdict, rest, besides } = comparedAnswer(run);
	const told = answerOf([rest, ...besides]);
	const headline = escapeMarkdown(told.headline);
	return [verdict === "" ? headline : `**${verdict}**${headline}`, escapeMarkdown(told.besides)];
}

function effectTable(effects: readonly Effect[]): string {
	if (effects.length === 0) return "";
	return table(
		[
			["metric", "left"],
			["base", "right"],
			["head", "right"],
			["change", "right"],
			["interval", "right"],
			["margin", "right"],
			["verdict", "left"],
		],
		[...effects]
			.sort((a, b) => Number(b.judged) - Number(a.judged))
			.map((effect) => [
				wordsOf(effect.metric).row,
				formatSideOfEffect(effect, effect.base),
				formatSideOfEffect(effect, effect.head),
				formatEffectChange(effect),
				formatEffectInterval(effect),
				`±${formatChangeSize(effect, effect.margin)}`,
				effect.judged ? emphasised(effect.verdict) : "not judged",
			]),
	);
}

const emphasised = (verdict: Effect["verdict"]): string => (verdict === "regressed" ? `**${verdict}**` : verdict);

function functionTable(changed: ChangedFunctions): string {
	const unit = costUnitOf(changed.measures);
	const rows = changed.functions.map((each) => {
		const { name, where, base, head } = each;
		const { change, interval } = formatCostDifference(changed.measures, each);
		return [
			change,
			interval,
			unit.format(base),
			unit.format(head),
			codeCell(name),
			[where === "" ? "" : codeCell(where), ...remarksOn(each)].filter((part) => part !== "").join(", "),
		];
	});
	return `${changedFunctionsNote(changed)}\n\n${table(
		[
			["change", "right"],
			["interval", "right"],
			["base", "right"],
			["head", "right"],
			["function", "left"],
			["where", "left"],
		],
		rows,
	)}`;
}

function details(run: ComparedRun, comparison: Comparison): string {
	const sides = slicesOfSides(run);
	const percentiles =
		sides.length === 0
			? []
			: [
					table(
						[
							["totals of all sets", "left"],
							...sides.map((side): [string, Alignment] => [escapeMarkdown(slicesLabel(side)), "right"]),
						],
						totalFigures(sides).map(({ title, cells }) => [title, ...cells]),
					),
				];
	const notes = run.findings.filter(({ severity }) => severity === "info");
	return folded("Percentiles and method", [
		...percentiles,
		escapeMarkdown(methodSentence(comparison)),
		findingList(notes),
	]);
}
