import type { LayerMetric, Matrix, Remainder } from "#src/model/matrix.js";
import { bareVariant, figureOf } from "#src/report/figures/matrix.js";
import { intervalDrawing } from "#src/report/html/browser/charts/interval-drawing.js";
import type { Domain } from "#src/report/html/browser/charts/scale.js";
import { type Stair, stairDrawing } from "#src/report/html/browser/charts/staircase.js";
import { el, unbroken } from "#src/report/html/browser/dom.js";
import { NO_FIGURE } from "#src/report/numbers/format.js";
import { formatLevel } from "#src/report/numbers/layer-effects.js";
import { figureCell, signedShare } from "./matrix-cells.js";

/** What the columns of the table hold. */
export interface MatrixColumns {
	readonly metric: LayerMetric;
	readonly stairScale: Domain;
	readonly scale: Domain;
	/** There is a column for what the profile says. */
	readonly profiled: boolean;
}

/** Where the way to all begins. */
export function bareRow(matrix: Matrix, stair: Stair, { metric, stairScale, profiled }: MatrixColumns): HTMLElement {
	const level = figureOf(bareVariant(matrix)?.figures, metric);
	return el(
		"tr",
		{ class: "frame-row", "data-layer": "bare" },
		el("th", { scope: "row" }, "bare"),
		el("td", { class: "stair-scale" }, stairDrawing(stair, stairScale, "bare")),
		el("td", { class: "forest-scale" }),
		el("td", { class: "num" }, el("b", {}, unbroken(formatLevel(metric, level)))),
		el("td", { class: "num share-of-bare" }, level === null ? NO_FIGURE : "100\u00a0%"),
		profiled ? el("td", { class: "by-profile" }) : null,
		el("td"),
	);
}

/** What all layers cost beyond their sum; null where that is not known. */
export function remainderRow(
	remainder: Remainder | undefined,
	stair: Stair | null,
	{ stairScale, scale, profiled }: MatrixColumns,
): HTMLElement | null {
	if (remainder === undefined || stair === null) return null;
	const size = remainder.low === null ? "cannot tell" : remainder.large ? "large" : "small";
	return el(
		"tr",
		{ class: `frame-row remainder${remainder.large ? " large" : ""}`, "data-layer": "remainder" },
		el("th", { scope: "row" }, "remainder", el("small", {}, "beyond the sum")),
		el("td", { class: "stair-scale" }, stairDrawing(stair, stairScale, "remainder")),
		el(
			"td",
			{ class: "forest-scale" },
			intervalDrawing({ ...remainder, margin: null }, scale, "remainder: its interval"),
		),
		figureCell(remainder),
		el("td", { class: "num share-of-bare" }, signedShare(remainder.share)),
		profiled ? el("td", { class: "by-profile" }) : null,
		el("td", { class: "forest-verdict" }, el("b", { class: "verdict-word" }, size)),
	);
}
