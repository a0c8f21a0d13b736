import type { Matrix } from "../../../model/matrix.js";
import { allVariant, rankedFactors } from "../../matrix-figures.js";
import type { PageData } from "../page-data.js";
import { el } from "./dom.js";
import { fitStage } from "./fit-stage.js";
import { ALL_LAYERS, LayerPair } from "./layer-pair.js";
import { layersFoundSection } from "./layers-found.js";
import { MatrixTable } from "./matrix-table.js";
import { variantsSection } from "./variants-table.js";

/** What each layer costs; a row opens what bare and bare with the layer look like beside each other. */
export function matrixSections(data: PageData, matrix: Matrix): (HTMLElement | null)[] {
	const found = layersFoundSection(matrix, data.run.target.cwd);
	const lists = el("div", { class: "matrix-lists" }, variantsSection(matrix, data.bareCheck), found);
	if (matrix.effects.length === 0) return [lists];
	const pair = new LayerPair(data, matrix, () => table.focus());
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
