import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import type { ReportFigure } from "#src/report/numbers/figure.js";

/** A list of figures, each with its note below. */
export const figureTable = (figures: readonly ReportFigure[]): HTMLElement =>
	el(
		"table",
		{ class: "figure-table" },
		el(
			"tbody",
			{},
			...figures.map(({ label, text, note, alarming }) =>
				el(
					"tr",
					{ "data-row": label },
					el("th", { scope: "row" }, foreign(label)),
					el(
						"td",
						{ class: alarming ? "alarming" : null },
						el("b", {}, unbroken(text)),
						note === null ? null : el("small", {}, foreign(note)),
					),
				),
			),
		),
	);
