import type { LayerEffect, LayerMetric, Matrix } from "#src/model/matrix.js";
import {
	costOfEffect,
	differingEffect,
	effectOf,
	failureOf,
	intervalHoldsZero,
	isReal,
	leadMetric,
	measuredMetrics,
	rankedFactors,
} from "#src/report/figures/matrix.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { formatLayerInterval, formatOnScale, reachOf, type Scale, scaleOf } from "#src/report/numbers/layer-effects.js";
import { DIFFERS, marksOf } from "#src/report/sentences/both-ways.js";
import { costBar } from "./cost-bar.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { type Column, printable, renderTable, shorten } from "./table.js";

/** As wide as the longest verdict, which stands in its place where nothing was found. */
const BAR_COLUMNS = 11;
const FEWEST_NAME_COLUMNS = 12;
const NAME_COLUMNS = 20;
/** In this order. */
const GIVING_WAY: readonly LayerMetric[] = ["rps", "loaded-p50", "loaded-p99", "p99", "alloc", "p50", "cpu"];
/** Follows a quantile that is of all clients; the others are of a request that is alone. */
export const LOADED = "↑";
/** From here on there is room for both ends of the interval. */
export const WIDE = 104;
const GAP = 2;
/** The interval holds zero. */
const NOISE = "~";

/** Each layer, the costliest first: a bar, the leading metric with its interval, the other metrics. */
export function layerTable(matrix: Matrix, style: TerminalStyle): string {
	const lead = leadMetric(matrix);
	const all = measuredMetrics(matrix).filter((metric) => metric !== lead);
	// Where there is little room, what says least has none.
	const last = style.columns >= WIDE ? [] : GIVING_WAY.filter((metric) => all.includes(metric));
	for (let dropped = 0; dropped <= last.length; dropped++) {
		const others = all.filter((metric) => !last.slice(0, dropped).includes(metric));
		const table = tableOf(matrix, lead, others, style);
		if (table !== null) return table;
	}
	return tableOf(matrix, lead, [], style, FEWEST_NAME_COLUMNS) ?? "";
}

/** Null where names would have fewer columns than that. */
function tableOf(
	matrix: Matrix,
	lead: LayerMetric,
	others: readonly LayerMetric[],
	style: TerminalStyle,
	fewestNameColumns = NAME_COLUMNS,
): string | null {
	const scales = new Map(measuredMetrics(matrix).map((metric) => [metric, scaleOfMetric(matrix, metric)]));
	const rows = rankedFactors(matrix).map(({ name }) => ({
		name: printable(name),
		mark: marksOf(matrix, name, lead),
		real: matrix.effects.some((each) => each.factor === name && isReal(each)),
		verdict: effectOf(matrix, name, lead)?.verdict,
		cells: figureCells(matrix, name, lead, others, scales, style),
	}));
	const titles = [
		titleOf(lead, scales.get(lead)),
		style.columns >= WIDE ? "interval" : "±",
		...(bothWaysDiffer(matrix, lead) ? ["skipped"] : []),
		...others.map((metric) => titleOf(metric, scales.get(metric))),
	];
	const columns: Column[] = [
		{ title: "layer", align: "left" },
		{ title: "", align: "left" },
		...titles.map((title) => ({ title })),
	];
	const taken = titles.map(
		(title, at) => Math.max(title.length, ...rows.map(({ cells }) => width(cells[at + 1]))) + GAP,
	);
	const room = style.columns - taken.reduce((sum, each) => sum + each, 0) - BAR_COLUMNS - GAP;
	if (room < fewestNameColumns && fewestNameColumns > FEWEST_NAME_COLUMNS) return null;
	const names = Math.max(FEWEST_NAME_COLUMNS, room);
	const { dim } = colorsOf(style);
	return renderTable(
		columns,
		rows.map(({ name, mark, real, verdict, cells }) => {
			const row = [`${shorten(name, names - mark.length)}${mark}`, ...cells];
			return real ? paintRow(row, verdict, style) : row.map(dim);
		}),
	);
}

const width = (cell: string | undefined): number => [...(cell ?? "")].length;

/** A layer that was found; grey in the leading metric where it shows in others only. */
function paintRow(
	[name = "", bar = "", figure = "", ...rest]: readonly string[],
	verdict: LayerEffect["verdict"] | undefined,
	style: TerminalStyle,
): string[] {
	const { red, green, dim } = colorsOf(style);
	switch (verdict) {
		case "costs":
			return [name, red(bar), figure, ...rest];
		case "saves":
			return [name, green(bar), figure, ...rest];
		default:
			return [name, dim(bar), dim(figure), ...rest];
	}
}

function scaleOfMetric({ effects }: Matrix, metric: LayerMetric): Scale {
	const own = effects.filter((each) => each.metric === metric);
	return scaleOf(
		own[0]?.unit ?? "ns",
		own.map(({ change }) => change),
	);
}

function titleOf(metric: LayerMetric, scale: Scale | undefined): string {
	switch (metric) {
		case "rps":
			return "req/s";
		case "alloc":
			return scale?.unit ?? "";
		case "loaded-p50":
			return `p50${LOADED} ${scale?.unit ?? ""}`;
		case "loaded-p99":
			return `p99${LOADED} ${scale?.unit ?? ""}`;
		default:
			return `${wordsOf(metric).column} ${scale?.unit ?? ""}`;
	}
}

/** Bar or verdict, figure, interval, other metrics. */
function figureCells(
	matrix: Matrix,
	factor: string,
	lead: LayerMetric,
	others: readonly LayerMetric[],
	scales: ReadonlyMap<LayerMetric, Scale>,
	style: TerminalStyle,
): string[] {
	const effect = effectOf(matrix, factor, lead);
	const scale = scales.get(lead);
	const rest = others.map((metric) => otherCell(effectOf(matrix, factor, metric), scales.get(metric)));
	const other = differingEffect(matrix, factor, lead);
	const skipped = other === undefined || scale === undefined ? "" : `${DIFFERS} ${formatOnScale(other.change, scale)}`;
	if (bothWaysDiffer(matrix, lead)) rest.unshift(skipped);
	if (effect === undefined || scale === undefined) {
		return [failureOf(matrix, factor) === null ? "no figure" : "failed", "", "", ...rest];
	}
	const reach = reachOf(effect);
	// The whole row is in the unit that the head of its columns names.
	const fine = { ...scale, decimals: Math.max(scale.decimals, 1) };
	const interval =
		style.columns >= WIDE
			? formatLayerInterval(effect, "signed", fine)
			: reach === null
				? ""
				: `±${formatOnScale(reach, fine, "")}`;
	return [barOrVerdict(matrix, effect), formatOnScale(effect.change, scale), interval, ...rest];
}

const bothWaysDiffer = (matrix: Matrix, metric: LayerMetric): boolean =>
	matrix.factors.some(({ name }) => differingEffect(matrix, name, metric) !== undefined);

const otherCell = (effect: LayerEffect | undefined, scale: Scale | undefined): string =>
	effect === undefined || scale === undefined
		? ""
		: intervalHoldsZero(effect)
			? NOISE
			: formatOnScale(effect.change, scale);

function barOrVerdict(matrix: Matrix, effect: LayerEffect): string {
	if (!isReal(effect)) return effect.verdict;
	const whole = matrix.effects
		.filter((each) => each.metric === effect.metric && isReal(each))
		.reduce((max, each) => Math.max(max, Math.abs(each.change) + (reachOf(each) ?? 0)), 0);
	const size = Math.abs(costOfEffect(effect));
	const reach = reachOf(effect) ?? 0;
	return costBar({ sure: size - reach, atMost: size + reach }, whole, BAR_COLUMNS);
}
