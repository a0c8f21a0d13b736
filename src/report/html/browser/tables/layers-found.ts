import type { Layer, Matrix, Stack } from "#src/model/matrix.js";
import { el, foreign } from "#src/report/html/browser/dom.js";
import { formatCount } from "#src/report/numbers/format.js";
import { layerFacts, layerOrigin, layerRole, layerTree } from "#src/report/sentences/layer.js";
import { keptInSentence } from "#src/report/sentences/needed-layers.js";

/** The stack as it was found, and why some of it is on in every variant; null where nothing was found. */
export function layersFoundSection(
	{ layers, framework }: Stack,
	matrix: Matrix | null,
	cwd: string | null,
): HTMLElement | null {
	if (layers.length === 0) return null;
	const switched = layers.filter(({ keptIn }) => keptIn === null).length;
	return el(
		"section",
		{ class: "panel layers-found", "aria-label": "Layers found" },
		el("h2", {}, `Layers found${framework === null ? "" : ` in ${framework.name} ${framework.version}`}`),
		el(
			"ul",
			{},
			...layerTree(layers).map(({ layer, last }) => {
				const line = layerLine(layer, matrix, cwd);
				line.style.paddingLeft = `${(last.length - 1) * 18}px`;
				return line;
			}),
		),
		el(
			"p",
			{ class: "caption" },
			`In the order of registration. ${formatCount(switched)} of ${formatCount(layers.length)} are switched; the others are on in every variant, bare included.`,
		),
	);
}

function layerLine(layer: Layer, matrix: Matrix | null, cwd: string | null): HTMLElement {
	const { name, keptIn, parent } = layer;
	const origin = layerOrigin(layer, cwd) ?? "source unknown";
	return el(
		"li",
		{ class: keptIn === null ? "switched" : "kept-in" },
		el(
			"p",
			{},
			parent === null ? null : el("span", { class: "muted" }, "└ "),
			el("b", {}, foreign(name)),
			" ",
			el("span", { class: `role${keptIn?.reason === "needed" ? " needed" : ""}` }, layerRole(layer)),
			" ",
			foreign(origin, "muted"),
		),
		el("p", { class: "muted" }, foreign(layerFacts(layer).join(" · "))),
		keptIn === null
			? null
			: el("p", { class: keptIn.reason === "needed" ? "why" : "muted" }, foreign(keptInSentence(layer, matrix))),
	);
}
