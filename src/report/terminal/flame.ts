import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { latencyOf, percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { CallTree, Frame } from "#src/model/call-tree.js";
import type { Measurement } from "#src/model/measurement.js";
import type { RunRecord } from "#src/model/run.js";
import { ownerLabel, sourceLabel } from "#src/report/labels/frame.js";
import { latencyLabel } from "#src/report/labels/latency.js";
import { loadLabel } from "#src/report/labels/load.js";
import {
	capitalized,
	formatCount,
	formatNs,
	formatPercent,
	formatQuantile,
	formatRate,
	NO_FIGURE,
} from "#src/report/numbers/format.js";
import { failedRequests, headline } from "#src/report/sentences/headline.js";
import { renderFindings } from "./findings.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { type Column, printable, renderTable, shorten, wrap } from "./table.js";

const TOP_FUNCTIONS = 12;

/** The whole answer of `az-prof flame` for a terminal: sentence, percentiles, functions, agreement, findings. */
export function renderFlame(run: RunRecord, trees: ReadonlyMap<string, CallTree>, style: TerminalStyle): string {
	const colors = colorsOf(style);
	const parts = [
		colors.bold(wrap(printable(headline(run, trees)), style.columns)),
		percentileTable(run, style),
		functionTable(run, cpuTrees(run, trees), style),
		agreement(run, style),
		renderFindings(run.findings, style),
	];
	return parts.filter((part) => part !== "").join("\n\n");
}

/** Rows are figures, columns are windows: clean first, then under each profiler. */
export function percentileTable(run: RunRecord, style: TerminalStyle): string {
	const windows = run.measurements;
	if (windows.length === 0) return "";
	const colors = colorsOf(style);
	const columns: Column[] = [
		{ title: "service time", align: "left" },
		...windows.map(({ collector }) => ({
			title: collector === null ? colors.bold("clean") : colors.dim(`under ${collector}`),
		})),
	];
	const row = (title: string, figure: (window: Measurement) => string): string[] => [
		title,
		...windows.map((window) => (window.collector === null ? colors.bold(figure(window)) : colors.dim(figure(window)))),
	];
	const quantiles = (windows[0] === undefined ? [] : latencyOf(windows[0]).percentiles).map(({ quantile }) => quantile);
	const rows = [
		row("requests", ({ counts }) => formatCount(counts.ok)),
		row("errors", ({ counts }) => formatCount(failedRequests(counts))),
		row("RPS", ({ requestsPerSecond }) => formatRate(requestsPerSecond)),
		...quantiles.map((quantile) => row(formatQuantile(quantile), (window) => percentileCell(window, quantile))),
		row("max", (window) => maxCell(latencyOf(window).maxNs)),
		row("CPU/request", cpuCell),
		row("CPU against clean", (window) => overheadCell(window, run)),
	];
	const table = renderTable(columns, windows.some(({ collector }) => collector !== null) ? rows : rows.slice(0, -1));
	const note = `${windows[0] === undefined ? "Latency" : capitalized(latencyLabel(windows[0]))} under ${windows[0] === undefined ? "load" : loadLabel(windows[0].load)}; ± is a 95 % interval. Only the clean column is the target's; the others show what the profiler costs.`;
	return `${table}\n${colors.dim(wrap(note, style.columns))}`;
}

const maxCell = (maxNs: number | null): string => (maxNs === null ? NO_FIGURE : formatNs(maxNs));

function percentileCell(window: Measurement, quantile: number): string {
	const found = percentileOf(window, quantile);
	if (found === undefined || window.counts.ok === 0) return NO_FIGURE;
	if (found.lowNs === null || found.highNs === null) return formatNs(found.valueNs);
	return withInterval(found.valueNs, found.lowNs, found.highNs);
}

function cpuCell({ cpu }: Measurement): string {
	if (cpu === null) return NO_FIGURE;
	if (cpu.lowNs === null || cpu.highNs === null) return formatNs(cpu.nsPerRequest);
	return withInterval(cpu.nsPerRequest, cpu.lowNs, cpu.highNs);
}

/** Half the width of the interval, relative to the value. */
function withInterval(valueNs: number, lowNs: number, highNs: number): string {
	const percent = ((highNs - lowNs) / 2 / valueNs) * 100;
	return `${formatNs(valueNs)} ±${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

function overheadCell(window: Measurement, run: RunRecord): string {
	const clean = run.measurements.find((each) => each.collector === null && each.endpoint.path === window.endpoint.path);
	if (window.collector === null || window.cpu === null || clean?.cpu == null) return "";
	const change = window.cpu.nsPerRequest / clean.cpu.nsPerRequest - 1;
	return `${change < 0 ? "−" : "+"}${(Math.abs(change) * 100).toFixed(0)} %`;
}

/** Trees of allocated bytes have no place beside CPU time per request. */
const cpuTrees = ({ profiles }: RunRecord, trees: ReadonlyMap<string, CallTree>): ReadonlyMap<string, CallTree> =>
	new Map([...trees].filter(([id]) => profiles.find((each) => each.id === id)?.measures !== "allocation"));

interface FunctionRow {
	readonly frame: Frame;
	/** Self share by collector. */
	readonly selfShares: ReadonlyMap<string, number>;
	readonly totalShare: number;
}

/** Functions by self time, as the first collector sees them; the others' shares stand beside. */
function functionTable(run: RunRecord, trees: ReadonlyMap<string, CallTree>, style: TerminalStyle): string {
	const [first] = [...trees.keys()];
	if (first === undefined) return "";
	const cpuNs = run.measurements.find(({ collector }) => collector === null)?.cpu?.nsPerRequest ?? null;
	const rows = topFunctions(trees, first);
	const collectors = [...trees.keys()];
	const shareColumns = collectors.map((name): Column => ({ title: collectors.length === 1 ? "self" : `self ${name}` }));
	const figures = rows.map(({ selfShares, totalShare }) => [
		cpuNs === null ? NO_FIGURE : formatNs((selfShares.get(first) ?? 0) * cpuNs),
		...collectors.map((name) => share(selfShares.get(name))),
		share(totalShare),
	]);
	const taken = 10 + 10 * (collectors.length + 1);
	const room = Math.max(30, style.columns - taken - 4);
	const nameRoom = Math.min(34, Math.floor(room * 0.45));
	return renderTable(
		[
			{ title: "self/request" },
			...shareColumns,
			{ title: "total" },
			{ title: "function", align: "left" },
			{ title: "where", align: "left" },
		],
		rows.map(({ frame }, index) => [
			...(figures[index] ?? []),
			shorten(printable(frame.name), nameRoom),
			shorten(printable(sourceLabel(frame, run.target.cwd) ?? ownerLabel(frame)), room - nameRoom),
		]),
	);
}

function topFunctions(trees: ReadonlyMap<string, CallTree>, first: string): FunctionRow[] {
	// Columns differ between profilers; file, name and line do not.
	const keyOf = (frame: Frame): string => `${frame.file ?? ""}\0${frame.name}\0${frame.line ?? ""}`;
	const shares = new Map(
		[...trees].map(([name, tree]) => {
			const all = totalTicks(tree);
			const sums = new Map<string, number>();
			for (const { frame, selfTicks } of functionTicks(tree)) {
				sums.set(keyOf(frame), (sums.get(keyOf(frame)) ?? 0) + selfTicks / all);
			}
			return [name, sums] as const;
		}),
	);
	const tree = trees.get(first);
	if (tree === undefined) return [];
	const all = totalTicks(tree);
	return functionTicks(tree)
		.filter(({ selfTicks }) => selfTicks > 0)
		.slice(0, TOP_FUNCTIONS)
		.map(({ frame, totalTicks: total }) => ({
			frame,
			selfShares: new Map([...shares].map(([name, sums]) => [name, sums.get(keyOf(frame)) ?? 0])),
			totalShare: total / all,
		}));
}

const share = (value: number | undefined): string => (value === undefined ? NO_FIGURE : formatPercent(value));

function agreement(run: RunRecord, style: TerminalStyle): string {
	return run.agreements
		.map(({ collectors: [a, b], selfOverlap, packageOverlap }) =>
			wrap(
				`${a} and ${b} agree on ${formatPercent(selfOverlap)} of self time by function and ${formatPercent(packageOverlap)} by package (the sum of the smaller of the two shares; native code counts for its caller).`,
				style.columns,
			),
		)
		.join("\n");
}
