import { functionTicks, totalTicks } from "../../analyse/call-tree.js";
import { percentileOf } from "../../analyse/latency-of.js";
import type { RunRecord } from "../../model/run-record.js";
import { failedRequests } from "../headline.js";
import { costPerRequest } from "../profile-cost.js";
import type { Exported } from "./exported.js";

type Cell = string | number | null;

/** The figures of every measurement (RFC 4180), a line each; units are in the names of the columns. */
export function measurementsCsv(run: RunRecord): string {
	const quantiles = run.measurements.flatMap(({ serviceTime }) =>
		serviceTime.percentiles.map(({ quantile }) => quantile),
	);
	const columns = [...new Set(quantiles)].sort((a, b) => a - b);
	const head = [
		"id",
		"variant",
		"collector",
		"method",
		"path",
		"clients",
		"requests",
		"failed",
		"requests_per_second",
		...columns.flatMap((quantile) => {
			const name = `p${String(Number((quantile * 100).toPrecision(6))).replace(".", "_")}`;
			return [`${name}_ns`, `${name}_low_ns`, `${name}_high_ns`];
		}),
		"max_ns",
		"cpu_ns_per_request",
		"bytes_per_request",
	];
	const rows = run.measurements.map((each): Cell[] => [
		each.id,
		each.variant,
		each.collector,
		each.endpoint.method,
		each.endpoint.path,
		each.load.kind === "closed" ? each.load.clients : null,
		each.load.kind === "open" ? each.load.ratePerSecond : null,
		each.counts.ok,
		failedRequests(each.counts),
		each.requestsPerSecond,
		...columns.flatMap((quantile): Cell[] => {
			const found = percentileOf(each, quantile);
			return found === undefined ? [null, null, null] : [found.valueNs, found.lowNs, found.highNs];
		}),
		each.serviceTime.maxNs,
		each.cpu?.nsPerRequest ?? null,
		each.allocation?.bytesPerRequest ?? null,
	]);
	return table([head, ...rows]);
}

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

/** A name that a spreadsheet would take for a formula gets an apostrophe in front: names come from the target. */
function cellText(cell: Cell): string {
	if (cell === null) return "";
	if (typeof cell === "number") return String(cell);
	const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
