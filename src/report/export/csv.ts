import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { atQuantile, seriesOf } from "#src/analyse/latency/judged-latency.js";
import { REPORTED_QUANTILES } from "#src/analyse/latency/reported-quantiles.js";
import type { Latency } from "#src/model/latency.js";
import type { Measurement } from "#src/model/measurement.js";
import type { RunRecord } from "#src/model/run.js";
import { costPerRequest } from "#src/report/figures/profile-cost.js";
import { failedRequests, harnessOf, missedRequests } from "#src/report/figures/requests.js";
import { formatQuantile } from "#src/report/numbers/format.js";
import type { Exported } from "./exported.js";

type Cell = string | number | null;
type Column = readonly [name: string, of: (measurement: Measurement, run: RunRecord) => Cell];

/** p50_ns, p50_low_ns, p50_high_ns and so on; empty where that latency was not measured. */
function latencyColumns(prefix: string, latencyOf: (measurement: Measurement) => Latency | undefined): Column[] {
	const percentiles = REPORTED_QUANTILES.flatMap((quantile): Column[] => {
		const name = `${prefix}${formatQuantile(quantile).replace(".", "_")}`;
		const of = (each: Measurement) => {
			const latency = latencyOf(each);
			return latency === undefined ? undefined : atQuantile(latency, quantile);
		};
		return [
			[`${name}_ns`, (each) => of(each)?.valueNs ?? null],
			[`${name}_low_ns`, (each) => of(each)?.lowNs ?? null],
			[`${name}_high_ns`, (each) => of(each)?.highNs ?? null],
		];
	});
	return [...percentiles, [`${prefix}max_ns`, (each) => latencyOf(each)?.maxNs ?? null]];
}

/** The same for every run, so that runs can be appended to one file. */
const columns: readonly Column[] = [
	["run", (_, run) => run.id],
	["started_at", ({ startedAt }) => startedAt],
	["id", ({ id }) => id],
	["variant", ({ variant }) => variant],
	["collector", (each) => (each.kind === "window" ? each.collector : null)],
	["method", ({ endpoint }) => endpoint.method],
	["path", ({ endpoint }) => endpoint.path],
	["harness", harnessOf],
	["clients", ({ load }) => (load.kind === "closed" ? load.clients : null)],
	["planned_requests_per_second", ({ load }) => (load.kind === "open" ? load.ratePerSecond : null)],
	["requests", ({ counts }) => counts.ok],
	["failed", ({ counts }) => failedRequests(counts)],
	["missed", missedRequests],
	["requests_per_second", ({ requestsPerSecond }) => requestsPerSecond],
	...latencyColumns("", ({ serviceTime }) => serviceTime),
	...latencyColumns("response_", (each) => seriesOf(each, "response")),
	["cpu_ns_per_request", ({ cpu }) => cpu?.nsPerRequest ?? null],
	["bytes_per_request", (each) => (each.kind === "window" ? (each.allocation?.bytesPerRequest ?? null) : null)],
];

/** The line of names, with its line end. */
export const measurementsCsvHead = (): string => table([columns.map(([name]) => name)]);

/**
 * The figures of every measurement (RFC 4180), a line each; units are in the names of the columns. p50_ns and its like are
 * service times, response_p50_ns response times, which only an open loop has.
 */
export const measurementsCsv = (run: RunRecord): string => measurementsCsvHead() + measurementsCsvRows(run);

export const measurementsCsvRows = (run: RunRecord): string =>
	table(run.measurements.map((each) => columns.map(([, of]) => of(each, run))));

/** The functions of one profile, the dearest first. */
export function functionsCsv({ run, profile, tree }: Exported): string {
	const all = totalTicks(tree);
	const perRequest = costPerRequest(run, profile);
	const unit = profile.measures === "cpu" ? "ns" : "bytes";
	const amount = (ticks: number): Cell => (perRequest === null || all === 0 ? null : (ticks / all) * perRequest);
	const head = ["function", "file", "line", "kind", "package", "self_ticks", "total_ticks"];
	return table([
		[...head, `self_${unit}_per_request`, `total_${unit}_per_request`],
		...functionTicks(tree)
			.filter(({ totalTicks: total }) => total > 0)
			.map(({ frame, selfTicks, totalTicks: total }): Cell[] => [
				frame.name,
				frame.file,
				frame.line,
				frame.kind,
				frame.package,
				selfTicks,
				total,
				amount(selfTicks),
				amount(total),
			]),
	]);
}

const table = (rows: readonly (readonly Cell[])[]): string =>
	rows.map((row) => `${row.map(cellText).join(",")}\r\n`).join("");

/**
 * A text that a spreadsheet would take for a formula gets an apostrophe in front: names and paths come from the target, and
 * some spreadsheets also take the full-width signs.
 */
function cellText(cell: Cell): string {
	if (cell === null) return "";
	if (typeof cell === "number") return String(cell);
	const text = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell) ? `'${cell}` : cell;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
