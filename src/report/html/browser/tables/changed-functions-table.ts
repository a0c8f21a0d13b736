import type { Comparison } from "#src/model/comparison.js";
import { type ChangedFunction, judgedFunctions } from "#src/report/figures/changed-functions.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { costUnitOf, formatCostDifference } from "#src/report/numbers/cost-unit.js";
import { changedFunctionsNote } from "#src/report/sentences/changed-functions.js";

/** The functions that became dearer or cheaper for certain; null where none is known. */
export function changedFunctionsPanel(comparison: Comparison): HTMLElement | null {
	const changed = judgedFunctions(comparison);
	if (changed === null || changed.functions.length === 0) return null;
	const columns = [
		["Function", null],
		["Base", "num"],
		["Head", "num"],
		["Change", "num"],
	] as const;
	return el(
		"section",
		{ class: "panel changed-functions" },
		el("h2", {}, "Functions that changed"),
		el(
			"table",
			{},
			el("thead", {}, el("tr", {}, ...columns.map(([title, name]) => el("th", { scope: "col", class: name }, title)))),
			el("tbody", {}, ...changed.functions.map(rowOf)),
		),
		el("p", { class: "muted" }, changedFunctionsNote(changed)),
	);
}

function rowOf(each: ChangedFunction): HTMLElement {
	const { name, where, base, head, difference, moved } = each;
	const unit = costUnitOf("cpu");
	const { change, interval } = formatCostDifference("cpu", each);
	const verdict = moved ? "not-judged" : difference > 0 ? "v-regressed" : "v-improved";
	return el(
		"tr",
		{ class: moved ? "muted" : null },
		el(
			"th",
			{ scope: "row" },
			foreign(name),
			where === ""
				? null
				: el("small", {}, foreign(where), moved ? ", moved" : null, each.linesChanged === true ? ", changed" : null),
		),
		el("td", { class: "num" }, unbroken(unit.format(base))),
		el("td", { class: "num" }, unbroken(unit.format(head))),
		el("td", { class: `num change ${verdict}` }, unbroken(change), el("small", {}, interval)),
	);
}
