import type { LayerEffect, Matrix, Stack } from "#src/model/matrix.js";
import type { MatrixRun } from "#src/model/run.js";
import {
	differingEffect,
	effectOf,
	failureOf,
	figureOf,
	intervalHoldsZero,
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
import {
	formatLayerChange,
	formatLayerEffect,
	formatLayerInterval,
	formatLevel,
} from "#src/report/numbers/layer-effects.js";
import { bareCheckSentence } from "#src/report/sentences/bare-check.js";
import { DIFFERS, differsNote, marksOf, onlySkippedNote } from "#src/report/sentences/both-ways.js";
import { matrixMethodSentence } from "#src/report/sentences/matrix-method.js";
import { answersDifferNote, keptInSentence } from "#src/report/sentences/needed-layers.js";
import { profileDisagreementText } from "#src/report/sentences/profile-disagreement.js";
import { answerParts } from "./answer.js";
import { type Alignment, findingList, folded, table } from "./blocks.js";
import { codeCell, escapeMarkdown } from "./escape.js";

/**
 * The answer of `az-prof matrix` for a pull request or a job summary: the sentence, the layers by cost and what is wrong; variants,
 * profile and method are folded away. Ends with a newline, so that it can be appended to a file.
 */
export function renderMatrixMarkdown(run: MatrixRun): string {
	const { matrix } = run;
	const findings = findingsBesides(run.findings, matrix);
	const [headline, besides] = answerParts(run);
	const parts = [
		`**${headline}**`,
		besides,
		matrix === null ? "" : layerTable(matrix),
		findingList(findings.filter(({ severity }) => severity !== "info")),
		matrix === null || matrix.sets.length === 0
			? ""
			: folded("Variants, profile and method", [
					variantTable(matrix),
					attributionTable(matrix),
					keptIn(run.stack, matrix),
					escapeMarkdown(matrixMethodSentence(matrix)),
					findingList(findings.filter(({ severity }) => severity === "info")),
				]),
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** What was found is bold; ~ stands where the interval holds zero. */
function layerTable(matrix: Matrix): string {
	if (matrix.effects.length === 0) return "";
	const lead = leadMetric(matrix);
	const others = measuredMetrics(matrix).filter((metric) => metric !== lead);
	const differs = differsNote(matrix, lead);
	const columns: (readonly [string, Alignment])[] = [
		["layer", "left"],
		[lead === "cpu" ? "CPU/request" : wordsOf(lead).column, "right"],
		["interval", "right"],
		...(differs === null ? [] : [["hooks skipped", "right"] as const]),
		...others.map((metric): [string, Alignment] => [wordsOf(metric).column, "right"]),
		["verdict", "left"],
	];
	const rows = rankedFactors(matrix).map(({ name }) => {
		const effect = effectOf(matrix, name, lead);
		const verdict = effect?.verdict ?? (failureOf(matrix, name) === null ? "not measured" : "failed");
		return [
			`${codeCell(name)}${marksOf(matrix, name, lead)}`,
			effect === undefined ? NO_FIGURE : formatLayerChange(effect),
			effect === undefined ? NO_FIGURE : formatLayerInterval(effect),
			...(differs === null ? [] : [differingCell(differingEffect(matrix, name, lead))]),
			...others.map((metric) => otherCell(effectOf(matrix, name, metric))),
			isReal(effect) ? `**${verdict}**` : verdict,
		];
	});
	const remainder = remainderSentence(matrix);
	const large = matrix.remainders.some((each) => each.metric === lead && each.large);
	const notes = [
		"~ the interval holds zero.",
		`p50 and p99 are of ${loadLabel(matrix.design.light)}, loaded ones of ${loadLabel({ kind: "closed", clients: matrix.design.clients })}.`,
		escapeMarkdown(differs ?? ""),
		escapeMarkdown(onlySkippedNote(matrix, lead) ?? ""),
		escapeMarkdown(answersDifferNote(matrix) ?? ""),
		remainder === null ? "" : `${large ? "**!** " : ""}${escapeMarkdown(remainder)}`,
	];
	return `${table(columns, rows)}\n\n${notes.filter((each) => each !== "").join(" ")}`;
}

const differingCell = (other: LayerEffect | undefined): string =>
	other === undefined ? "" : `${DIFFERS} ${formatLayerChange(other)}`;

const otherCell = (effect: LayerEffect | undefined): string =>
	effect === undefined ? NO_FIGURE : intervalHoldsZero(effect) ? "~" : formatLayerChange(effect);

function variantTable(matrix: Matrix): string {
	const variants = framingVariants(matrix).filter(({ figures }) => figures !== null);
	if (variants.length === 0) return "";
	const metrics = measuredMetrics(matrix);
	const rows = variants.map(({ name, figures }) => [
		escapeMarkdown(name),
		...metrics.map((metric) => formatLevel(metric, figureOf(figures, metric))),
		formatCount(figures?.requests ?? 0),
	]);
	const heads = [...metrics.map((metric) => wordsOf(metric).column), "requests"].map((title): [string, Alignment] => [
		title,
		"right",
	]);
	const check = bareCheckSentence(matrix);
	return `${table([["variant", "left"], ...heads], rows)}${check === null ? "" : `\n\n${escapeMarkdown(check)}`}`;
}

function attributionTable({ attributions }: Matrix): string {
	if (attributions.length === 0) return "";
	const ns = { metric: "cpu", unit: "ns" } as const;
	return table(
		[
			["CPU a request", "left"],
			["by ablation", "right"],
			["by profile", "right"],
			["", "left"],
		],
		attributions.map(({ factor, profiledNsPerRequest, measuredNsPerRequest, lowNs, highNs, disagreement }) => [
			codeCell(factor),
			formatLayerEffect({ ...ns, change: measuredNsPerRequest, low: lowNs, high: highNs }),
			formatLayerChange({ ...ns, change: profiledNsPerRequest, low: null, high: null }, "plain"),
			disagreement === null ? "" : `≠ ${escapeMarkdown(profileDisagreementText(disagreement))}`,
		]),
	);
}

function keptIn(stack: Stack | null, matrix: Matrix): string {
	const kept = stack === null ? [] : keptInTogether(stack);
	if (kept.length === 0) return "";
	const lines = kept.map(
		({ layer, count }) =>
			`- ${codeCell(layer.name)}${count > 1 ? ` (${count} of them)` : ""}: ${layer.keptIn?.reason ?? ""}. ${escapeMarkdown(keptInSentence(layer, matrix))}`,
	);
	return `Not switched:\n\n${lines.join("\n")}`;
}
