import type { RunRecord } from "../../../model/run-record.js";
import { allocationFigures } from "../../allocation-figures.js";
import { el, foreign, unbroken } from "./dom.js";

/** What a request allocates, how it is collected, and what stays; null where nothing was measured. */
export function allocationPanel(run: RunRecord): HTMLElement | null {
	const figures = allocationFigures(run);
	if (figures.length === 0) return null;
	return el(
		"section",
		{ class: "panel allocation", "aria-label": "Allocations" },
		el("div", { class: "flame-bar" }, el("h2", {}, "Allocations")),
		el(
			"table",
			{ class: "allocation-table" },
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
		),
	);
}
