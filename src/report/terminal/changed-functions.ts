import type { ChangedFunctions } from "#src/report/figures/changed-functions.js";
import { costUnitOf } from "#src/report/numbers/cost-unit.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, renderTable, shorten, wrap } from "./table.js";

const FIGURE_COLUMNS = 33;

/** In the order given; a difference that may be chance has a question mark. */
export function renderChangedFunctions({ measures, functions }: ChangedFunctions, style: TerminalStyle): string {
	const colors = colorsOf(style);
	const unit = costUnitOf(measures);
	const room = Math.max(34, style.columns - FIGURE_COLUMNS);
	const nameRoom = Math.floor(room * 0.4);
	const table = renderTable(
		[
			{ title: "change" },
			{ title: "base" },
			{ title: "head" },
			{ title: "function", align: "left" },
			{ title: "where", align: "left" },
		],
		functions.map(({ name, where, base, head, difference, clear }) => {
			const cells = [
				`${clear ? "" : "? "}${unit.signed(difference)}`,
				unit.format(base),
				unit.format(head),
				shorten(printable(name), nameRoom),
				shorten(printable(where), room - nameRoom - 2),
			];
			return clear ? cells : cells.map(colors.dim);
		}),
	);
	const chance = functions.every(({ clear }) => clear) ? "" : "; ? may be chance";
	const note = `${unit.title} of the function itself per request, from a profile of each side${chance}.`;
	return `${table}\n${colors.dim(wrap(note, style.columns))}`;
}
