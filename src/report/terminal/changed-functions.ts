import { type ChangedFunctions, remarksOn } from "#src/report/figures/changed-functions.js";
import { costUnitOf, formatCostDifference } from "#src/report/numbers/cost-unit.js";
import { changedFunctionsNote } from "#src/report/sentences/changed-functions.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, renderTable, shorten, wrap } from "./table.js";

const FIGURE_COLUMNS = 46;

/** In the order given; what is no change of its own is grey. */
export function renderChangedFunctions(changed: ChangedFunctions, style: TerminalStyle): string {
	const colors = colorsOf(style);
	const unit = costUnitOf(changed.measures);
	const room = Math.max(30, style.columns - FIGURE_COLUMNS);
	const nameRoom = Math.floor(room * 0.4);
	const table = renderTable(
		[
			{ title: "change" },
			{ title: "interval" },
			{ title: "base" },
			{ title: "head" },
			{ title: "function", align: "left" },
			{ title: "where", align: "left" },
		],
		changed.functions.map((each) => {
			const { name, where, base, head, aside } = each;
			const { change, interval } = formatCostDifference(changed.measures, each);
			const cells = [
				change,
				interval,
				unit.format(base),
				unit.format(head),
				shorten(printable(name), nameRoom),
				shorten(printable([...remarksOn(each), where].filter((part) => part !== "").join("; ")), room - nameRoom - 2),
			];
			return aside === null ? cells : cells.map(colors.dim);
		}),
	);
	return `${table}\n${colors.dim(wrap(changedFunctionsNote(changed), style.columns))}`;
}
