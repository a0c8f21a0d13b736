import type { LayerEffect, LayerMetric, Matrix } from "#src/model/matrix.js";
import {
	allVariant,
	costOfEffect,
	effectOf,
	figureOf,
	foundMetric,
	isReal,
	leadMetric,
	leadOrder,
	marginOf,
	rankedFactors,
} from "#src/report/figures/matrix.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { formatCount } from "#src/report/numbers/format.js";
import {
	formatLayerChange,
	formatLayerEffect,
	formatLayerInterval,
	formatLevel,
} from "#src/report/numbers/layer-effects.js";
import { formatSize, formatWholePercent } from "#src/report/numbers/shares.js";
import { formatDurationMs } from "#src/report/numbers/times.js";
import { bothWaysClause } from "./both-ways.js";
import { briefName } from "./brief-name.js";
import { capitalized } from "./phrases.js";

/** The sentences about layers, for every view of a matrix alike. */

const MAX_LAYER_NAME = 40;
/** So many layers are named with their figures, more are counted. */
const NAMED = 3;

/** The name of a layer or group for one line of prose. */
const briefLayer = (name: string): string => briefName(name, MAX_LAYER_NAME);

const noun = (metric: LayerMetric): string => wordsOf(metric).noun;

/** The answer of `matrix`: which layer costs most, what the others cost, and of how many it cannot be told. */
export function matrixAnswer(matrix: Matrix, endpoint: string): string[] {
	const lead = foundMetric(matrix);
	const quick = matrix.method === "toggled" ? quickClause(lead !== null) : "";
	const body = lead === null ? nothingFound(matrix, endpoint) : costs(matrix, endpoint, lead);
	return [...body, quick];
}

const quickClause = (found: boolean): string =>
	` Hooks were only skipped in a warm process: ${found ? "trust the names more than the sizes" : "what a layer costs by its presence is not in it"}.`;

/** Where layers stay in all variants, none of them can be named. */
export const nothingSwitchedSentence = (layers: number, endpoint: string): string =>
	`${layers === 1 ? "The only layer" : `None of the ${formatCount(layers)} layers`} found on ${endpoint} can be left out, so what ${layers === 1 ? "it costs" : "they cost"} is not known.`;

function costs(matrix: Matrix, endpoint: string, metric: LayerMetric): string[] {
	const effects = rankedFactors(matrix, metric).flatMap(({ name }) => effectOf(matrix, name, metric) ?? []);
	const [first, ...more] = effects.filter((each) => each.verdict === "costs");
	const saving = effects.filter((each) => each.verdict === "saves");
	const opening =
		first === undefined
			? `None of ${layerCount(matrix)} on ${endpoint} costs ${noun(metric)} that can be seen`
			: `${matrix.factors.length === 1 ? `The one layer on ${endpoint}, ` : `Of ${layerCount(matrix)} on ${endpoint}, `}${briefLayer(first.factor)}${matrix.factors.length === 1 ? ", costs " : " costs most: "}${effectText(first)}${shareClause(matrix, first)}${cpuClause(matrix, first)}${bothWaysClause(matrix, first)}`;
	const named = more
		.slice(0, NAMED - 1)
		.map((each) => `${briefLayer(each.factor)} ${formatLayerChange(each, "plain")}`);
	const rest = more.length - named.length;
	const then =
		named.length === 0 ? "" : `Then ${named.join(", ")}${rest > 0 ? ` and ${formatCount(rest)} that cost less` : ""}.`;
	const saves =
		saving.length === 0
			? ""
			: ` ${listed(saving, (each) => `${briefLayer(each.factor)} saves ${formatLayerEffect(each, "plain")}`)}.`;
	return [`${opening}.`, then, saves, elsewhereClause(matrix, metric), restClause(matrix, metric)];
}

/** "21.3 µs of CPU a request [19.8 … 22.9]" */
const effectText = (effect: LayerEffect): string =>
	`${formatLayerChange(effect, "plain")}${wordsOf(effect.metric).ofAmount}${effect.low === null ? "" : ` ${formatLayerInterval(effect, "plain")}`}`;

function shareClause(matrix: Matrix, effect: LayerEffect): string {
	if (effect.metric !== "cpu" && effect.metric !== "alloc") return "";
	const whole = figureOf(allVariant(matrix, effect.way)?.figures, effect.metric);
	return whole === null || whole <= 0 || effect.change > whole
		? ""
		: `, ${formatWholePercent(effect.change / whole)} of the whole`;
}

/** Whether a wait is work: an awaited millisecond costs no CPU. */
function cpuClause(matrix: Matrix, { factor, metric }: LayerEffect): string {
	if (metric !== "p50" && metric !== "p99") return "";
	const cpu = effectOf(matrix, factor, "cpu");
	if (cpu === undefined) return "";
	return isReal(cpu) ? ` (CPU ${formatLayerChange(cpu)})` : " (no CPU that can be seen)";
}

/** Layers that show nothing in the leading metric but in another one: an awaited millisecond costs no CPU. */
function elsewhereClause(matrix: Matrix, lead: LayerMetric): string {
	const hidden = matrix.factors.flatMap(({ name }) => {
		if (isReal(effectOf(matrix, name, lead))) return [];
		const found = leadOrder.flatMap((metric) => effectOf(matrix, name, metric) ?? []);
		const effect = found.find(isReal);
		return effect === undefined ? [] : [effect];
	});
	if (hidden.length === 0) return "";
	const importance = ({ metric }: LayerEffect): number => leadOrder.indexOf(metric);
	const sorted = hidden.toSorted((a, b) => importance(a) - importance(b) || costOfEffect(b) - costOfEffect(a));
	return ` ${listed(sorted, (each) => `${briefLayer(each.factor)} ${each.verdict === "costs" ? "costs" : "saves"} no ${noun(lead)} that can be seen but ${elsewhereText(each)}`)}.`;
}

const elsewhereText = (effect: LayerEffect): string =>
	effect.metric === "rps" ? formatLayerEffect(effect, "plain") : effectText(effect);

const listed = (effects: readonly LayerEffect[], write: (effect: LayerEffect) => string): string => {
	const named = effects.slice(0, NAMED).map(write);
	const rest = effects.length - named.length;
	return `${named.join("; ")}${rest > 0 ? `; ${formatCount(rest)} more likewise` : ""}`;
};

/** Of the layers in which nothing was found at all: how many cost nothing, and how many nobody knows of. */
function restClause(matrix: Matrix, metric: LayerMetric): string {
	const unseen = matrix.factors.filter(
		({ name }) => !matrix.effects.some((each) => each.factor === name && isReal(each)),
	);
	const nothing = unseen.filter(({ name }) => effectOf(matrix, name, metric)?.verdict === "nothing").length;
	const untold = unseen.length - nothing;
	const clauses = [
		nothing === 0 ? "" : `${formatCount(nothing)} ${nothing === 1 ? "costs" : "cost"} nothing that can be seen`,
		untold === 0 ? "" : `of ${formatCount(untold)} it cannot be told`,
	].filter((clause) => clause !== "");
	return clauses.length === 0 ? "" : ` ${capitalized(clauses.join("; "))}.`;
}

function nothingFound(matrix: Matrix, endpoint: string): string[] {
	const metric = leadMetric(matrix);
	const effects = rankedFactors(matrix, metric).flatMap(({ name }) => effectOf(matrix, name, metric) ?? []);
	const unclear = effects.filter(({ verdict }) => verdict === "cannot tell");
	const margin = marginClause(matrix, metric);
	if (unclear.length === 0 && effects.length === matrix.factors.length) {
		return [
			`${matrix.factors.length === 1 ? "The one layer" : `None of ${layerCount(matrix)}`} on ${endpoint} costs ${matrix.factors.length === 1 ? "nothing" : "anything"} that can be seen: ${noun(metric)} ${matrix.factors.length === 1 ? "is" : "of each is"} within ${margin} of bare.`,
		];
	}
	const [first] = unclear;
	const largest =
		first === undefined
			? ""
			: ` The largest estimate is ${briefLayer(first.factor)}, ${formatLayerEffect(first)}${first.low === null ? "; two process sets at least make an interval" : ""}.`;
	const nothing = effects.length - unclear.length;
	const rest = nothing === 0 ? "" : ` ${formatCount(nothing)} cost nothing that can be seen (within ${margin}).`;
	const unknown =
		nothing === 0
			? `none of ${layerCount(matrix)} is settled`
			: `${formatCount(matrix.factors.length - nothing)} of ${layerCount(matrix)} are not settled`;
	return [
		`Cannot tell which layer on ${endpoint} costs ${noun(metric)}: ${unknown} after ${evidenceClause(matrix)}.`,
		largest,
		rest,
	];
}

/** "±2 % (1.28 µs)" */
function marginClause(matrix: Matrix, metric: LayerMetric): string {
	const share = matrix.design.margins[metric];
	const size = marginOf(matrix, metric);
	if (share === undefined) return "the margin";
	return `±${formatSize(share)}${size === null ? "" : ` (${formatLevel(metric, size)})`}`;
}

/** "8 layers", or that some of them are switched together. */
function layerCount({ factors }: Matrix): string {
	const noun = factors.some(({ layers }) => layers.length > 1) ? "layers and groups" : "layers";
	return `${formatCount(factors.length)} ${noun}`;
}

export const evidenceClause = ({ sets, elapsedMs }: Matrix): string =>
	`${formatCount(sets.length)} process ${sets.length === 1 ? "set" : "sets"} in ${formatDurationMs(elapsedMs)}`;
