import type { Comparison } from "#src/model/comparison.js";
import {
	type ChangedFunction,
	type ChangedFunctions,
	changesOf,
	judgedFunctions,
} from "#src/report/figures/changed-functions.js";
import { costUnitOf, formatCostDifference } from "#src/report/numbers/cost-unit.js";
import { briefName } from "./brief-name.js";

const MAX_NAME = 40;
/** In a headline: what it is about, and what goes with that. */
const NAMED = 2;
const ALSO_NAMED = 1;

/** What the figures of a table of functions are, and how far they hold. */
export function changedFunctionsNote({ measures, from, functions }: ChangedFunctions): string {
	const what = `${costUnitOf(measures).title} of the function itself per request`;
	if (from === "profiles") {
		return `${what}, from one profile of each side: the intervals are of sampling alone, not of what two starts differ by.`;
	}
	const inlined = measures === "allocation" ? ", where V8 inlines nothing" : "";
	const isThere = (aside: ChangedFunction["aside"]): boolean => functions.some((each) => each.aside === aside);
	const moved = isThere("moved")
		? " Moved: those that call it, are called by it or have its name lost or gained as much."
		: "";
	const waiting = isThere("waiting")
		? " Of the waiting: Node's own functions, which run what a request waits for; they are its price, and not its cause."
		: "";
	const changed = functions.some(({ linesChanged }) => linesChanged === true)
		? " Changed: in lines that differ between the sides."
		: "";
	return `${what}, sampled in slices of their own in every process set${inlined}; all intervals hold together.${moved}${waiting}${changed}`;
}

/** Functions of one measure, as far as a sentence names them. */
export interface NamedFunctions extends Pick<ChangedFunctions, "measures"> {
	/** The largest difference first. */
	readonly functions: readonly ChangedFunction[];
}

/** The functions that changed by a measure; null where they are not known. */
export function namedIn(comparison: Comparison, measures: ChangedFunctions["measures"]): NamedFunctions | null {
	const judged = judgedFunctions(comparison).find((each) => each.measures === measures);
	return judged === undefined ? null : { measures, functions: changesOf(judged) };
}

/** "count (metrics.js:12)" */
export function costName({ name, source }: ChangedFunction): string {
	const brief = briefName(name, MAX_NAME);
	return source === null ? brief : `${brief} (${briefName(source, MAX_NAME)})`;
}

/** "+1.85 µs [1.20 … 2.51]"; `plain` turns a decrease over, for "… more" and "… less". */
export function costFigures(
	{ difference, low, high }: ChangedFunction,
	measures: ChangedFunctions["measures"],
	sign: "signed" | "plain" = "signed",
): string {
	const isTurned = sign === "plain" && difference < 0;
	const figures = isTurned ? { difference: -difference, low: -high, high: -low } : { difference, low, high };
	const { change, interval } = formatCostDifference(measures, figures);
	return `${sign === "plain" ? change.replace(/^\+/, "") : change} ${interval}`;
}

const TITLES = {
	cpu: { more: "Dearer", less: "Cheaper" },
	allocation: { more: "Allocates more", less: "Allocates less" },
} as const;

/** " Dearer: count (metrics.js:12) +1.85 µs [1.20 … 2.51]; setValue (…) +0.40 µs […]." Empty where no function changed. */
export function functionsClause(named: NamedFunctions | null, rank: "lead" | "also" = "lead"): string {
	if (named === null) return "";
	const { measures, functions } = named;
	const list = (isWanted: (each: ChangedFunction) => boolean): string =>
		functions
			.filter(isWanted)
			.slice(0, rank === "lead" ? NAMED : ALSO_NAMED)
			.map((each) => `${costName(each)} ${costFigures(each, measures)}`)
			.join("; ");
	const clause = (title: string, text: string): string => (text === "" ? "" : ` ${title}: ${text}.`);
	const { more, less } = TITLES[measures];
	return `${clause(
		more,
		list(({ difference }) => difference > 0),
	)}${clause(
		less,
		list(({ difference }) => difference < 0),
	)}`;
}
