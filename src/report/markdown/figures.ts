import type { ReportFigure } from "#src/report/numbers/figure.js";
import { table } from "./blocks.js";
import { escapeMarkdown } from "./escape.js";

/** A list of figures with their notes; empty without any. */
export const figureTable = (figures: readonly ReportFigure[]): string =>
	figures.length === 0
		? ""
		: table(
				[
					["figure", "left"],
					["value", "right"],
					["", "left"],
				],
				figures.map(({ label, text, note }) => [label, text, escapeMarkdown(note ?? "")]),
			);
