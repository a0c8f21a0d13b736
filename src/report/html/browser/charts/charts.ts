import type { Measurement, Window } from "#src/model/measurement.js";
import { el } from "#src/report/html/browser/dom.js";
import type { PageData } from "#src/report/html/page-data.js";
import { collectorLabel } from "#src/report/labels/collector.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { latencyLabel } from "#src/report/labels/latency.js";
import { loadLabel } from "#src/report/labels/load.js";
import { formatCount, formatQuantile, formatSignificant } from "#src/report/numbers/format.js";
import { capitalized } from "#src/report/sentences/phrases.js";
import { chartLegend, lineChart, type Series } from "./line-chart.js";
import { ticksOfSeconds } from "./scale.js";

/** Requests per second and p99 over time, and the whole distribution of service times. */
export function chartsSection(
	measurements: readonly Window[],
	data: PageData,
	by: "endpoint" | "collector",
): HTMLElement | null {
	if (measurements.length === 0) return null;
	const styles = by === "endpoint" ? endpointStyles(measurements) : measurements.map(collectorStyle);
	const seriesOf = (points: (measurement: Window) => readonly (readonly [number, number])[]): Series[] =>
		measurements.map((each, index) => ({ label: "", className: "", ...styles[index], points: points(each) }));
	const rates = seriesOf((each) =>
		each.seconds.map((second) => [midSeconds(second), second.requests / (second.durationMs / 1000)]),
	);
	const p99s = seriesOf((each) =>
		each.seconds.flatMap((second) => {
			const p99Ns = second.responseP99Ns ?? second.p99Ns;
			return p99Ns === null ? [] : [[midSeconds(second), p99Ns / 1e6] as const];
		}),
	);
	const distributions = seriesOf((each) => distributionPoints(data, each));
	const secondTicks = ticksOfSeconds(Math.max(...rates.flatMap((each) => each.points.map(([x]) => x + 0.5)), 1)).map(
		(second) => [second, String(second)] as const,
	);
	return el(
		"section",
		{ class: "charts", "aria-label": "Over time" },
		el("div", { class: "section-head" }, el("h2", {}, "Over the window"), chartLegend(styles)),
		el(
			"div",
			{ class: "chart-row" },
			lineChart({
				title: "Throughput",
				yUnit: "requests/s",
				xLabel: "seconds",
				series: rates,
				xTicks: secondTicks,
				formatY: formatCount,
				yScale: "from zero",
			}),
			lineChart({
				title: "p99 of each second",
				yUnit: "ms",
				xLabel: "seconds",
				series: p99s,
				xTicks: secondTicks,
				formatY: formatSignificantShort,
				yScale: scaleFor(p99s),
			}),
			distributionFigure(distributions, null, measurements[0]),
		),
	);
}

/** The whole distribution of two variants, by what they are called; those that were not measured are left out. */
export function distributionChart(
	data: PageData,
	base: readonly [label: string, Measurement | undefined],
	head: readonly [label: string, Measurement | undefined],
): HTMLElement | null {
	const series = [["s-base", base] as const, ["s-head", head] as const].flatMap(([className, [label, measurement]]) =>
		measurement === undefined ? [] : [{ label, className, points: distributionPoints(data, measurement) }],
	);
	if (series.length === 0) return null;
	// Head's line lies on top.
	return distributionFigure(series.toReversed(), series, base[1] ?? head[1]);
}

const distributionPoints = (data: PageData, { id }: Measurement): (readonly [number, number])[] =>
	(data.distributions[id] ?? []).map((point) => [-Math.log10(1 - point.quantile), point.valueNs / 1e6]);

function distributionFigure(
	series: readonly Series[],
	legend: readonly Series[] | null,
	measured: Measurement | undefined,
): HTMLElement {
	const chart = lineChart({
		title: `${measured === undefined ? "Latency" : capitalized(latencyLabel(measured))} by percentile`,
		yUnit: "ms",
		xLabel: "percentile",
		series,
		xTicks: [0.5, 0.9, 0.99, 0.999, 0.9999]
			.filter((quantile) => series.some((each) => (each.points.at(-1)?.[0] ?? 0) >= -Math.log10(1 - quantile)))
			.map((quantile) => [-Math.log10(1 - quantile), formatQuantile(quantile)] as const),
		formatY: formatSignificantShort,
		yScale: scaleFor(series),
	});
	if (legend !== null) chart.querySelector("figcaption")?.append(chartLegend(legend));
	return chart;
}

const midSeconds = (second: { readonly startMs: number; readonly durationMs: number }): number =>
	(second.startMs + second.durationMs / 2) / 1000;

const formatSignificantShort = (value: number): string => String(Number(formatSignificant(value).replaceAll(",", "")));

interface SeriesStyle {
	readonly label: string;
	readonly className: string;
}

/** The clean line strong, the others muted. */
const collectorStyle = ({ collector }: Window, index: number): SeriesStyle =>
	collector === null
		? { label: "clean", className: "s-clean" }
		: { label: `under ${collectorLabel(collector)}`, className: `s-profiled d-${index % 4}` };

/** A colour per endpoint, dashes per load. */
function endpointStyles(windows: readonly Window[]): SeriesStyle[] {
	const endpoints = [...new Set(windows.map(({ endpoint }) => endpointLabel(endpoint)))];
	const loads = [...new Set(windows.map(({ load }) => loadLabel(load)))];
	return windows.map(({ endpoint, load }) => ({
		label: `${endpointLabel(endpoint)}, ${loadLabel(load)}`,
		className: `s-${endpoints.indexOf(endpointLabel(endpoint)) % 6} d-${loads.indexOf(loadLabel(load)) % 4}`,
	}));
}

function scaleFor(series: readonly Series[]): "from zero" | "logarithmic" {
	const values = series.flatMap((each) => each.points.map(([, y]) => y)).filter((each) => each > 0);
	return values.length > 0 && Math.max(...values) / Math.min(...values) > 12 ? "logarithmic" : "from zero";
}
