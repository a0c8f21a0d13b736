import { formatNs, formatSignedNs } from "../format.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, renderTable, shorten, wrap } from "./table.js";

/** A function whose self time per request differs between the profiles of two sides. */
export interface ChangedFunction {
	readonly name: string;
	/** Source and line, or whose code it is where there is no source. */
	readonly where: string;
	readonly baseNs: number;
	readonly headNs: number;
	readonly differenceNs: number;
	/** False where two profiles of the same code may differ as much. */
	readonly clear: boolean;
}

const FIGURE_COLUMNS = 33;

/** In the order given; a difference that may be chance has a question mark. Empty without rows. */
export function renderChangedFunctions(changed: readonly ChangedFunction[], style: TerminalStyle): string {
	if (changed.length === 0) return "";
	const colors = colorsOf(style);
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
		changed.map(({ name, where, baseNs, headNs, differenceNs, clear }) => {
			const cells = [
				`${clear ? "" : "? "}${formatSignedNs(differenceNs)}`,
				formatNs(baseNs),
				formatNs(headNs),
				shorten(printable(name), nameRoom),
				shorten(printable(where), room - nameRoom - 2),
			];
			return clear ? cells : cells.map(colors.dim);
		}),
	);
	const note = changed.every(({ clear }) => clear)
		? "CPU of the function itself per request, from a profile of each side."
		: "CPU of the function itself per request, from a profile of each side; ? may be chance.";
	return `${table}\n${colors.dim(wrap(note, style.columns))}`;
}
