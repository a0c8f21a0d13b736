import type { LayerMetric, Matrix, Stack } from "#src/model/matrix.js";
import type { MatrixRun } from "#src/model/run.js";
import {
	figureOf,
	isReal,
	keptInTogether,
	leadMetric,
	measuredMetrics,
	rankedFactors,
} from "#src/report/figures/matrix.js";
import { findingsBesides, framingVariants, remainderSentence } from "#src/report/figures/matrix-rows.js";
import { loadLabel } from "#src/report/labels/load.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { formatCount, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatLayerChange, formatLayerEffect, formatLevel } from "#src/report/numbers/layer-effects.js";
import { formatSize } from "#src/report/numbers/shares.js";
import { bareCheckSentence } from "#src/report/sentences/bare-check.js";
import { differsNote, onlySkippedNote } from "#src/report/sentences/both-ways.js";
import { matrixMethodSentence } from "#src/report/sentences/matrix-method.js";
import { answersDifferNote, keptInSentence } from "#src/report/sentences/needed-layers.js";
import { renderAnswer } from "./answer.js";
import { renderFindings } from "./findings.js";
import { LOADED, layerTable, WIDE } from "./layer-table.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, renderTable, shorten, wrap } from "./table.js";

/**
 * The answer of `az-prof matrix` for a terminal: sentence, layers by cost, what frames them, profile beside measurement, what stays
 * on, findings.
 */
export function renderMatrix(run: MatrixRun, style: TerminalStyle): string {
	const colors = colorsOf(style);
	const { matrix } = run;
	const answer = renderAnswer(run, style);
	const parts =
		matrix === null
			? []
			: [
					layers(matrix, style),
					framing(matrix, style),
					attributions(matrix, style),
					keptIn(run.stack, matrix, style),
					matrix.sets.length === 0 ? "" : colors.dim(wrap(matrixMethodSentence(matrix), style.columns)),
				];
	return [answer, ...parts, renderFindings(findingsBesides(run.findings, matrix), style)]
		.filter((part) => part !== "")
		.join("\n\n");
}

function layers(matrix: Matrix, style: TerminalStyle): string {
	if (matrix.effects.length === 0) return "";
	const margin = matrix.design.margins[leadMetric(matrix)];
	const share = margin === undefined ? "the margin" : `${formatSize(margin)} of bare`;
	const unseen = matrix.factors.some(
		({ name }) => !matrix.effects.some((each) => each.factor === name && isReal(each)),
	);
	const notes = matrix.effects.every(({ low }) => low === null)
		? ["No intervals: they take two process sets at least."]
		: [
				"░ as far as the interval reaches.",
				"~ the interval holds zero.",
				`${LOADED} under ${loadLabel({ kind: "closed", clients: matrix.design.clients })}; p50 and p99 without it are of ${loadLabel(matrix.design.light)}.`,
				...(unseen ? [`Grey is within noise: nothing is less than ${share}, cannot tell may be more.`] : []),
			];
	const more = [
		differsNote(matrix, leadMetric(matrix)),
		onlySkippedNote(matrix, leadMetric(matrix)),
		answersDifferNote(matrix),
	];
	const lines = [notes.join(" "), ...more.flatMap((note) => (note === null ? [] : [printable(note)]))];
	return [layerTable(matrix, style), ...lines.map((line) => colorsOf(style).dim(wrap(line, style.columns)))].join("\n");
}

/** Bare, its control and all, and whether the layers add up. */
function framing(matrix: Matrix, style: TerminalStyle): string {
	const variants = framingVariants(matrix).filter(({ figures }) => figures !== null);
	if (variants.length === 0) return "";
	const { dim, yellow } = colorsOf(style);
	const metrics = measuredMetrics(matrix).filter((metric) => style.columns >= WIDE || metric !== "rps");
	const table = renderTable(
		[
			{ title: "variant", align: "left" },
			...metrics.map((metric) => ({ title: levelTitle(metric) })),
			{ title: "requests" },
		],
		variants.map(({ name, figures }) => [
			printable(name),
			...metrics.map((metric) => formatLevel(metric, figureOf(figures, metric))),
			formatCount(figures?.requests ?? 0),
		]),
	);
	const equals = bareCheckSentence(matrix);
	const remainder = remainderSentence(matrix);
	const large = matrix.remainders.some((each) => each.metric === leadMetric(matrix) && each.large);
	const lines = [
		remainder === null ? "" : (large ? yellow : dim)(wrap(`${large ? "! " : ""}${remainder}`, style.columns)),
		equals === null ? "" : dim(wrap(equals, style.columns)),
	];
	return [table, ...lines].filter((line) => line !== "").join("\n");
}

function levelTitle(metric: LayerMetric): string {
	switch (metric) {
		case "cpu":
			return "CPU/request";
		case "loaded-p50":
			return `p50${LOADED}`;
		case "loaded-p99":
			return `p99${LOADED}`;
		default:
			return wordsOf(metric).column;
	}
}

/** What the profile charges to a layer beside what leaving it out measured. */
function attributions(matrix: Matrix, style: TerminalStyle): string {
	if (matrix.attributions.length === 0) return "";
	const { dim } = colorsOf(style);
	const rows = rankedFactors(matrix).flatMap(({ name }) => matrix.attributions.filter(({ factor }) => factor === name));
	const table = renderTable(
		[
			{ title: "CPU a request", align: "left" },
			{ title: "by ablation" },
			{ title: "by profile" },
			{ title: "", align: "left" },
		],
		rows.map(({ factor, profiledNsPerRequest, measuredNsPerRequest, lowNs, highNs, disagreement }) => {
			const ns = { metric: "cpu", unit: "ns" } as const;
			return [
				shorten(printable(factor), Math.max(16, style.columns - 50)),
				formatLayerEffect({ ...ns, change: measuredNsPerRequest, low: lowNs, high: highNs }),
				formatLayerChange({ ...ns, change: profiledNsPerRequest, low: null, high: null }, "plain"),
				disagreement === null ? "" : "≠",
			];
		}),
	);
	const note = "By profile: the layer's own code and what it calls, in a profile of all layers.";
	const differ = rows.some(({ disagreement }) => disagreement !== null)
		? " ≠ lies outside the interval; see below."
		: "";
	return `${table}\n${dim(wrap(`${note}${differ}`, style.columns))}`;
}

/** Layers that are on in every variant, with the reason. */
function keptIn(stack: Stack | null, matrix: Matrix, style: TerminalStyle): string {
	const kept = stack === null ? [] : keptInTogether(stack);
	if (kept.length === 0) return "";
	const { dim } = colorsOf(style);
	const lines = kept.map(({ layer, count }) =>
		wrap(
			`${shorten(printable(layer.name), 40)}${count > 1 ? ` (${count} of them)` : ""}: ${layer.keptIn?.reason ?? NO_FIGURE}. ${printable(keptInSentence(layer, matrix))}`,
			style.columns - 2,
			"    ",
		),
	);
	return [
		`Not switched (${formatCount(kept.reduce((sum, { count }) => sum + count, 0))}):`,
		...lines.map((line) => dim(`  ${line}`)),
	].join("\n");
}
