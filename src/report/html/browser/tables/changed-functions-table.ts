import type { Comparison } from "#src/model/comparison.js";
import {
	type ChangedFunction,
	type ChangedFunctions,
	judgedFunctions,
	remarksOn,
} from "#src/report/figures/changed-functions.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { costUnitOf, formatCostDifference } from "#src/report/numbers/cost-unit.js";
import { changedFunctionsNote } from "#src/report/sentences/changed-functions.js";

const TITLES = { cpu: "Functions that changed", allocation: "Functions that allocate more or less" } as const;

/** The functions that cost or allocate more or less for certain; null where none is known. */
export function changedFunctionsPanel(comparison: Comparison): HTMLElement | null {
	const changed = judgedFunctions(comparison).filter(({ functions }) => functions.length > 0);
	if (changed.length === 0) return null;
	return el("section", { class: "panel changed-functions" }, ...changed.flatMap(partOf));
}

function partOf(changed: ChangedFunctions): HTMLElement[] {
	const columns = [
		["Function", null],
		["Base", "num"],
		["Head", "num"],
		["Change", "num"],
	] as const;
	return [
		el("h2", {}, TITLES[changed.measures]),
		el(
			"table",
			{},
			el("thead", {}, el("tr", {}, ...columns.map(([title, name]) => el("th", { scope: "col", class: name }, title)))),
			el("tbody", {}, ...changed.functions.map((each) => rowOf(changed.measures, each))),
		),
		el("p", { class: "muted" }, changedFunctionsNote(changed)),
	];
}

function rowOf(measures: ChangedFunctions["measures"], each: ChangedFunction): HTMLElement {
	const { name, where, base, head, difference, aside } = each;
	const unit = costUnitOf(measures);
	const { change, interval } = formatCostDifference(measures, each);
	const verdict = aside !== null ? "not-judged" : difference > 0 ? "v-regressed" : "v-improved";
	const remarks = remarksOn(each).join(", ");
	return el(
		"tr",
		{ class: aside === null ? null : "muted" },
		el(
			"th",
			{ scope: "row" },
			foreign(name),
			where === "" && remarks === ""
				? null
				: el(
						"small",
						{},
						where === "" ? null : foreign(where),
						where === "" || remarks === "" ? remarks : `, ${remarks}`,
					),
		),
		el("td", { class: "num" }, unbroken(unit.format(base))),
		el("td", { class: "num" }, unbroken(unit.format(head))),
		el("td", { class: `num change ${verdict}` }, unbroken(change), el("small", {}, interval)),
	);
}
