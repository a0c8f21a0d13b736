import type { Comparison } from "#src/model/comparison.js";
import type { ChangedCost } from "#src/model/function-verdicts.js";
import { type ChangedFunctions, namedFunctions, nameOfCost } from "#src/report/figures/changed-functions.js";
import { sourceLabel } from "#src/report/labels/frame.js";
import { costUnitOf, formatCostDifference } from "#src/report/numbers/cost-unit.js";
import { briefName } from "./brief-name.js";

const MAX_NAME = 40;
/** In a headline. */
const NAMED = 2;

/** What the figures of a table of functions are, and how far they hold. */
export function changedFunctionsNote({ measures, from, functions }: ChangedFunctions): string {
	const what = `${costUnitOf(measures).title} of the function itself per request`;
	if (from === "profiles") {
		return `${what}, from one profile of each side: the intervals are of sampling alone, not of what two starts differ by.`;
	}
	const moved = functions.some((each) => each.moved)
		? " Moved: those that call it, are called by it or have its name lost or gained as much."
		: "";
	const changed = functions.some(({ linesChanged }) => linesChanged === true)
		? " Changed: in lines that differ between the sides."
		: "";
	return `${what}, sampled in slices of their own in every process set; all intervals hold together.${moved}${changed}`;
}

/** "count (metrics.js:12)" */
export function costName(cost: ChangedCost, { sides }: Comparison): string {
	const { cwd } = sides[1];
	const name = briefName(nameOfCost(cost, cwd), MAX_NAME);
	const source = cost.kind === "function" ? sourceLabel(cost.frame, cwd) : null;
	return source === null ? name : `${name} (${briefName(source, MAX_NAME)})`;
}

/** "+1.85 µs [1.20 … 2.51]"; `plain` turns a decrease over, for "… more" and "… less". */
export function costFigures({ differenceNs, lowNs, highNs }: ChangedCost, sign: "signed" | "plain" = "signed"): string {
	const isTurned = sign === "plain" && differenceNs < 0;
	const [difference, low, high] = isTurned ? [-differenceNs, -highNs, -lowNs] : [differenceNs, lowNs, highNs];
	const { change, interval } = formatCostDifference("cpu", { difference, low, high });
	return `${sign === "plain" ? change.replace(/^\+/, "") : change} ${interval}`;
}

/** " Dearer: count (metrics.js:12) +1.85 µs [1.20 … 2.51]; setValue (…) +0.40 µs […]." Empty where no function changed. */
export function functionsClause(comparison: Comparison, left: readonly ChangedCost[] | null): string {
	if (left === null || left.length === 0) return "";
	const list = (verdict: ChangedCost["verdict"]): string =>
		left
			.filter((each) => each.verdict === verdict)
			.slice(0, NAMED)
			.map((each) => `${costName(each, comparison)} ${costFigures(each)}`)
			.join("; ");
	return (
		[
			["Dearer", list("dearer")],
			["Cheaper", list("cheaper")],
		] as const
	)
		.map(([title, text]) => (text === "" ? "" : ` ${title}: ${text}.`))
		.join("");
}

/** The functions that changed; null where they are not known. */
export const namedIn = ({ functions }: Comparison): ChangedCost[] | null =>
	functions === null ? null : namedFunctions(functions);
