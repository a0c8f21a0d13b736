import { el, svg } from "#src/report/html/browser/dom.js";
import { formatDecimal } from "#src/report/numbers/format.js";

export interface Series {
	readonly label: string;
	/** Class that carries colour and dashes; see report.css. */
	readonly className: string;
	readonly points: readonly (readonly [x: number, y: number])[];
}

export interface ChartSpec {
	readonly title: string;
	readonly yUnit: string;
	readonly xLabel: string;
	readonly series: readonly Series[];
	readonly xTicks: readonly (readonly [x: number, label: string])[];
	readonly formatY: (value: number) => string;
	/** Logarithmic where the curves lie far apart. */
	readonly yScale: "from zero" | "logarithmic";
}

const WIDTH = 440;
const HEIGHT = 196;
const margin = { left: 52, right: 12, top: 10, bottom: 40 };

/** A small line chart. An empty one says so. */
export function lineChart(spec: ChartSpec): HTMLElement {
	const points = spec.series.flatMap((each) => each.points);
	const head = el("figcaption", {}, spec.title, el("small", {}, spec.yUnit));
	if (points.length === 0) return el("figure", { class: "chart" }, head, el("p", { class: "muted" }, "No data."));
	const xs = [...points.map(([x]) => x), ...spec.xTicks.map(([x]) => x)];
	const [fromX, toX] = [Math.min(...xs), Math.max(...xs)];
	const ticks =
		spec.yScale === "logarithmic" ? logTicks(points.map(([, y]) => y)) : linearTicks(points.map(([, y]) => y));
	const project =
		spec.yScale === "logarithmic" ? (y: number) => Math.log10(Math.max(y, Number.MIN_VALUE)) : (y: number) => y;
	const bottom = project(ticks[0] ?? 0);
	const top = project(ticks.at(-1) ?? 1);
	const x = (value: number): number =>
		margin.left + (toX === fromX ? 0.5 : (value - fromX) / (toX - fromX)) * (WIDTH - margin.left - margin.right);
	const y = (value: number): number =>
		HEIGHT - margin.bottom - ((project(value) - bottom) / (top - bottom)) * (HEIGHT - margin.top - margin.bottom);
	const drawing = svg(
		"svg",
		{ viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${spec.title}, ${spec.yUnit}` },
		...ticks.flatMap((tick) => [
			svg("line", { class: "grid", x1: margin.left, x2: WIDTH - margin.right, y1: y(tick), y2: y(tick) }),
			svg("text", { class: "tick", x: margin.left - 7, y: y(tick) + 3.5, "text-anchor": "end" }, spec.formatY(tick)),
		]),
		...spec.xTicks.map(([value, label]) =>
			svg("text", { class: "tick", x: x(value), y: HEIGHT - margin.bottom + 15, "text-anchor": "middle" }, label),
		),
		svg(
			"text",
			{ class: "axis", x: (WIDTH + margin.left - margin.right) / 2, y: HEIGHT - 4, "text-anchor": "middle" },
			spec.xLabel,
		),
		// The first series is the important one: drawn last, on top.
		...spec.series.toReversed().flatMap((each) => seriesMarks(each, x, y)),
	);
	return el("figure", { class: "chart" }, head, drawing);
}

function seriesMarks(series: Series, x: (value: number) => number, y: (value: number) => number): SVGElement[] {
	const [first] = series.points;
	if (first === undefined) return [];
	if (series.points.length === 1) {
		return [svg("circle", { class: `line ${series.className}`, cx: x(first[0]), cy: y(first[1]), r: 2.5 })];
	}
	const path = series.points.map(
		([px, py], index) => `${index === 0 ? "M" : "L"}${formatDecimal(x(px), 1)},${formatDecimal(y(py), 1)}`,
	);
	return [svg("path", { class: `line ${series.className}`, d: path.join("") }, svg("title", {}, series.label))];
}

/** Which line is which, once for several charts. */
export const chartLegend = (series: readonly Pick<Series, "label" | "className">[]): HTMLElement =>
	el(
		"ul",
		{ class: "chart-legend" },
		...series.map((each) =>
			el(
				"li",
				{},
				svg(
					"svg",
					{ viewBox: "0 0 26 8", class: "line-sample" },
					svg("path", { class: `line ${each.className}`, d: "M1,4L25,4" }),
				),
				el("bdi", { dir: "ltr" }, each.label),
			),
		),
	);

/** 0 and round steps until past the largest value. */
function linearTicks(values: readonly number[]): number[] {
	const largest = values.reduce((max, each) => Math.max(max, each), 0) || 1;
	const rough = largest / 4;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
	return Array.from({ length: Math.ceil(largest / step - 1e-9) + 1 }, (_, index) => index * step);
}

/** 1, 2, 5 in every decade that the values reach into. */
function logTicks(values: readonly number[]): number[] {
	const positive = values.filter((each) => each > 0);
	const low = Math.min(...positive);
	const high = Math.max(...positive);
	if (positive.length === 0) return [1, 10];
	const all: number[] = [];
	for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
		for (const step of [1, 2, 5]) all.push(step * 10 ** power);
	}
	const first = all.findLastIndex((each) => each <= low);
	const last = all.findIndex((each) => each >= high);
	const ticks = all.slice(Math.max(first, 0), last + 1);
	return ticks.length > 1 ? ticks : [low, low * 2];
}
