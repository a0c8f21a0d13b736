import { el, svg } from "#src/report/html/browser/dom.js";
import { formatDecimal } from "#src/report/numbers/format.js";
import { linearScale, logarithmicScale, logarithmicTicks, type Scale, ticksFromZero } from "./scale.js";

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
	const values = points.map(([, y]) => y);
	const isLogarithmic = spec.yScale === "logarithmic";
	const ticks = isLogarithmic ? logarithmicTicks(values) : ticksFromZero(values);
	const x = linearScale({ from: fromX, to: toX }, [margin.left, WIDTH - margin.right]);
	const y = (isLogarithmic ? logarithmicScale : linearScale)({ from: ticks[0] ?? 0, to: ticks.at(-1) ?? 1 }, [
		HEIGHT - margin.bottom,
		margin.top,
	]);
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

function seriesMarks(series: Series, x: Scale, y: Scale): SVGElement[] {
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
