import type { ReportFigure } from "#src/report/numbers/figure.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, renderTable, wrap } from "./table.js";

const NARROWEST_NOTE = 24;
const GAP = 2;

/** A list of figures, their notes wrapped beside them; empty without any. */
export function renderFigures(figures: readonly ReportFigure[], style: TerminalStyle): string {
	if (figures.length === 0) return "";
	const colors = colorsOf(style);
	const widest = (of: (figure: ReportFigure) => string): number =>
		Math.max(...figures.map((each) => of(each).length)) + GAP;
	const taken = widest(({ label }) => label) + widest(({ text }) => text);
	const room = Math.max(NARROWEST_NOTE, style.columns - taken);
	return renderTable(
		[
			{ title: "", align: "left" },
			{ title: "", align: "left" },
			{ title: "", align: "left" },
		],
		figures.map(({ label, text, note, alarming }) => [
			label,
			alarming ? colors.red(text) : colors.bold(text),
			wrap(printable(note ?? ""), room)
				.split("\n")
				.map(colors.dim)
				.join("\n"),
		]),
	).trimStart();
}
