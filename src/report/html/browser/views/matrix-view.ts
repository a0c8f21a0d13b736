import type { Stack } from "#src/model/matrix.js";
import type { MatrixRun } from "#src/model/run.js";
import { allVariant, rankedFactors } from "#src/report/figures/matrix.js";
import { cwdOf } from "#src/report/figures/target.js";
import { el } from "#src/report/html/browser/dom.js";
import { fitStage } from "#src/report/html/browser/flame/fit-stage.js";
import { layersFoundSection } from "#src/report/html/browser/tables/layers-found.js";
import { MatrixTable } from "#src/report/html/browser/tables/matrix-table.js";
import { variantsSection } from "#src/report/html/browser/tables/variants-table.js";
import type { PageData } from "#src/report/html/page-data.js";
import { ALL_LAYERS, LayerPair } from "./layer-pair.js";

const NO_STACK: Stack = { framework: null, layers: [] };

/** What each layer costs; a row opens what bare and bare with the layer look like beside each other. */
export function matrixSections(run: MatrixRun, data: PageData): (HTMLElement | null)[] {
	const { matrix, target } = run;
	const stack = run.stack ?? NO_STACK;
	const found = layersFoundSection(stack, matrix, cwdOf(target));
	if (matrix === null) return [found === null ? null : el("div", { class: "matrix-lists" }, found)];
	const lists = el("div", { class: "matrix-lists" }, variantsSection(matrix), found);
	if (matrix.effects.length === 0) return [lists];
	const pair = new LayerPair({ run, matrix, stack, data }, () => table.focus());
	const table = new MatrixTable(matrix, (row) => {
		pair.show(row);
		fitStage();
		pair.element.scrollIntoView({ block: "start", behavior: "smooth" });
	});
	const [first] = rankedFactors(matrix);
	const opened = first?.name ?? (allVariant(matrix) === undefined ? null : ALL_LAYERS);
	table.mark(opened);
	if (opened !== null) pair.show(opened);
	return [table.element, pair.element, lists];
}
