import { latencyOf, percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { Window } from "#src/model/measurement.js";
import { withLight } from "#src/report/figures/light.js";
import { failedRequests } from "#src/report/figures/requests.js";
import { latencyLabel } from "#src/report/labels/latency.js";
import { loadLabel } from "#src/report/labels/load.js";
import { formatCount, formatQuantile, formatRate, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatShare, formatWholeChange } from "#src/report/numbers/shares.js";
import { formatNs } from "#src/report/numbers/times.js";
import { capitalized } from "#src/report/sentences/phrases.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { type Column, renderTable, wrap } from "./table.js";

/** Rows are figures, columns are windows: clean first, then under each profiler. */
export function percentileTable(measured: readonly Window[], style: TerminalStyle): string {
	const [first] = measured;
	if (first === undefined) return "";
	const windows = withLight(measured);
	const colors = colorsOf(style);
	const columns: Column[] = [
		{ title: "service time", align: "left" },
		...windows.map(({ collector, load }) => ({
			title: collector === null ? colors.bold(`clean, ${loadLabel(load)}`) : colors.dim(`under ${collector}`),
		})),
	];
	const row = (title: string, figure: (window: Window) => string): string[] => [
		title,
		...windows.map((window) => (window.collector === null ? colors.bold(figure(window)) : colors.dim(figure(window)))),
	];
	const quantiles = latencyOf(first).percentiles.map(({ quantile }) => quantile);
	const rows = [
		row("requests", ({ counts }) => formatCount(counts.ok)),
		row("errors", ({ counts }) => formatCount(failedRequests(counts))),
		row("RPS", ({ requestsPerSecond }) => formatRate(requestsPerSecond)),
		...quantiles.map((quantile) => row(formatQuantile(quantile), (window) => percentileCell(window, quantile))),
		row("max", (window) => maxCell(latencyOf(window).maxNs)),
		row("CPU/request", cpuCell),
		row("CPU against clean", (window) => overheadCell(window, windows)),
	];
	const table = renderTable(columns, windows.some(({ collector }) => collector !== null) ? rows : rows.slice(0, -1));
	const note = `${capitalized(latencyLabel(first))} under ${loadLabel(first.load)}; ± is a 95 % interval. Only the clean columns are the target's; the others show what the profiler costs.`;
	return `${table}\n${colors.dim(wrap(note, style.columns))}`;
}

const maxCell = (maxNs: number | null): string => (maxNs === null ? NO_FIGURE : formatNs(maxNs));

function percentileCell(window: Window, quantile: number): string {
	const found = percentileOf(window, quantile);
	if (found === undefined || window.counts.ok === 0) return NO_FIGURE;
	if (found.lowNs === null || found.highNs === null) return formatNs(found.valueNs);
	return withInterval(found.valueNs, found.lowNs, found.highNs);
}

function cpuCell({ cpu }: Window): string {
	if (cpu === null) return NO_FIGURE;
	if (cpu.lowNs === null || cpu.highNs === null) return formatNs(cpu.nsPerRequest);
	return withInterval(cpu.nsPerRequest, cpu.lowNs, cpu.highNs);
}

/** Half the width of the interval, relative to the value. */
function withInterval(valueNs: number, lowNs: number, highNs: number): string {
	return `${formatNs(valueNs)} ±${formatShare((highNs - lowNs) / 2 / valueNs)}`;
}

function overheadCell(window: Window, windows: readonly Window[]): string {
	const clean = windows.find(
		(each) => each.collector === null && each.cpu !== null && each.endpoint.path === window.endpoint.path,
	);
	if (window.collector === null || window.cpu === null || clean?.cpu == null) return "";
	return formatWholeChange(window.cpu.nsPerRequest / clean.cpu.nsPerRequest - 1);
}
