import type { AllocRun } from "#src/model/run.js";
import { allocationFigures } from "#src/report/figures/allocation.js";
import { el } from "#src/report/html/browser/dom.js";
import { figureTable } from "#src/report/html/browser/tables/figure-table.js";

/** What a request allocates, how it is collected, and what stays; null where nothing was measured. */
export function allocationPanel(run: AllocRun): HTMLElement | null {
	const figures = allocationFigures(run);
	if (figures.length === 0) return null;
	return el(
		"section",
		{ class: "panel allocation", "aria-label": "Allocations" },
		el("div", { class: "flame-bar" }, el("h2", {}, "Allocations")),
		figureTable(figures),
	);
}
