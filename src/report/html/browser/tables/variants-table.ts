import type { Matrix, Variant } from "#src/model/matrix.js";
import { layerMetrics } from "#src/model/metric-names.js";
import { figureOf } from "#src/report/figures/matrix.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { formatCount, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatLevel } from "#src/report/numbers/layer-effects.js";
import { bareCheckSentence } from "#src/report/sentences/bare-check.js";
import { variantFailureText } from "#src/report/sentences/variant-failure.js";

/** Every variant with its figures, and what the control showed. */
export function variantsSection(matrix: Matrix): HTMLElement {
	const bareCheck = bareCheckSentence(matrix);
	return el(
		"section",
		{ class: "panel variants", "aria-label": "Variants" },
		el("h2", {}, "Variants"),
		el(
			"table",
			{ class: "variants-table" },
			el(
				"thead",
				{},
				el(
					"tr",
					{},
					el("th", { scope: "col" }, "Variant"),
					el("th", { scope: "col", class: "num" }, "Layers on"),
					...layerMetrics.map((metric) =>
						el("th", { scope: "col", class: "num" }, metric === "cpu" ? "CPU/request" : wordsOf(metric).column),
					),
					el("th", { scope: "col", class: "num" }, "Requests"),
					el("th", { scope: "col", class: "num" }, "Errors"),
				),
			),
			el("tbody", {}, ...matrix.variants.map((variant) => row(variant, matrix.factors.length))),
		),
		bareCheck === null ? null : el("p", { class: "caption" }, unbroken(bareCheck)),
		el(
			"p",
			{ class: "caption" },
			"Figures are over all process sets, adjusted for those that a variant was part of. They have no intervals: what two variants differ by is in the effects.",
		),
	);
}

function row({ name, on, figures, failed, measurementId }: Variant, factors: number): HTMLElement {
	const title = el("th", { scope: "row", title: on.join(", ") }, foreign(name));
	const layers = el("td", { class: "num" }, `${formatCount(on.length)}/${formatCount(factors)}`);
	if (figures === null) {
		const unmeasured = measurementId === null ? "not measured" : "not in the design: loaded for its flamegraph";
		const why = failed === null ? unmeasured : foreign(variantFailureText(failed));
		return el("tr", { class: "failed" }, title, layers, el("td", { colspan: layerMetrics.length + 2 }, why));
	}
	return el(
		"tr",
		{ "data-variant": name },
		title,
		layers,
		...layerMetrics.map((metric) =>
			el("td", { class: "num" }, unbroken(formatLevel(metric, figureOf(figures, metric)))),
		),
		el("td", { class: "num" }, figures.requests === 0 ? NO_FIGURE : formatCount(figures.requests)),
		el("td", { class: figures.errors > 0 ? "num alarming" : "num" }, formatCount(figures.errors)),
	);
}
