import type { Effect, Verdict } from "#src/model/comparison.js";
import type { ComparedRun } from "#src/model/run.js";
import type { ChangedFunctions } from "#src/report/figures/changed-functions.js";
import { slicesOfSides, totalFigures } from "#src/report/figures/comparison.js";
import { slicesLabel } from "#src/report/labels/load.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import {
	formatChangeSize,
	formatEffectChange,
	formatEffectInterval,
	formatSideOfEffect,
} from "#src/report/numbers/effects.js";
import { methodSentence } from "#src/report/sentences/comparison.js";
import { renderAnswer } from "./answer.js";
import { renderChangedFunctions } from "./changed-functions.js";
import { renderFindings } from "./findings.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, renderTable, wrap } from "./table.js";

/** The answer of `az-prof compare` and `calibrate` for a terminal: sentence, effects, percentiles, functions, findings. */
export function renderComparison(run: ComparedRun, changed: readonly ChangedFunctions[], style: TerminalStyle): string {
	const lead = renderAnswer(run, style);
	return [lead, ...comparisonParts(run, changed, style)].filter((part) => part !== "").join("\n\n");
}

/** All but the sentence; some may be empty. */
export function comparisonParts(
	run: ComparedRun,
	changed: readonly ChangedFunctions[],
	style: TerminalStyle,
): string[] {
	const colors = colorsOf(style);
	const { comparison } = run;
	return [
		effectTable(comparison?.effects ?? [], style),
		totalsTable(run, style),
		...changed.map((each) => renderChangedFunctions(each, style)),
		comparison === null || comparison.sets.length === 0
			? ""
			: colors.dim(wrap(methodSentence(comparison), style.columns)),
		renderFindings(run.findings, style),
	];
}

/** The judged metrics first come; the others are grey and say that they do not count. */
function effectTable(effects: readonly Effect[], style: TerminalStyle): string {
	if (effects.length === 0) return "";
	const colors = colorsOf(style);
	return renderTable(
		[
			{ title: "metric", align: "left" },
			{ title: "base" },
			{ title: "head" },
			{ title: "change" },
			{ title: "interval" },
			{ title: "margin" },
			{ title: "verdict", align: "left" },
		],
		[...effects]
			.sort((a, b) => Number(b.judged) - Number(a.judged))
			.map((effect) => {
				const cells = [
					wordsOf(effect.metric).row,
					formatSideOfEffect(effect, effect.base),
					formatSideOfEffect(effect, effect.head),
					formatEffectChange(effect, "signed", "pt"),
					formatEffectInterval(effect),
					formatChangeSize(effect, effect.margin, "pt"),
				];
				return effect.judged
					? [...cells, verdictWord(effect.verdict, style)]
					: [...cells, "not judged"].map(colors.dim);
			}),
	);
}

/** A table has no room for the long word. */
function verdictWord(verdict: Verdict, style: TerminalStyle): string {
	const colors = colorsOf(style);
	switch (verdict) {
		case "regressed":
			return colors.red(verdict);
		case "improved":
		case "no change":
			return colors.green(verdict);
		case "cannot tell":
			return colors.yellow(verdict);
	}
}

function totalsTable(run: ComparedRun, style: TerminalStyle): string {
	const sides = slicesOfSides(run);
	if (sides.length === 0) return "";
	const table = renderTable(
		[{ title: "totals", align: "left" }, ...sides.map((side) => ({ title: printable(slicesLabel(side)) }))],
		totalFigures(sides).map(({ title, cells }) => [title, ...cells]),
	);
	const note = `Service time and totals of all sets together; above, base, head and change are estimated set by set. Failed requests are not in the percentiles.`;
	return `${table}\n${colorsOf(style).dim(wrap(note, style.columns))}`;
}
