import { percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { Measurement } from "#src/model/measurement.js";
import { isClean } from "#src/model/parts-of-run.js";
import type { RunRecord } from "#src/model/run.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { formatCount, formatRate } from "#src/report/numbers/format.js";
import { formatNs } from "#src/report/numbers/times.js";
import { printable, renderTable } from "./table.js";

export interface ListedRun {
	readonly id: string;
	readonly record: RunRecord | null;
	readonly problem: string | null;
}

/** Past runs, newest first. */
export function renderRuns(runs: readonly ListedRun[]): string {
	return renderTable(
		[
			{ title: "run", align: "left" },
			{ title: "status", align: "left" },
			{ title: "endpoints", align: "left" },
			{ title: "RPS" },
			{ title: "p99" },
		],
		runs.map(({ id, record, problem }) =>
			record === null
				? [id, "unreadable", printable(problem ?? ""), "", ""]
				: [id, record.state.kind, ...figures(record)],
		),
	);
}

function figures(record: RunRecord): [string, string, string] {
	const measurements: readonly Measurement[] = record.measurements;
	const clean = measurements.filter(isClean);
	const [first] = clean;
	const p99 = first === undefined ? undefined : percentileOf(first, 0.99);
	const more = clean.length > 1 ? ` and ${formatCount(clean.length - 1)} more` : "";
	return [
		first === undefined ? "" : printable(`${endpointLabel(first.endpoint)}${more}`),
		first === undefined ? "" : formatRate(first.requestsPerSecond),
		p99 === undefined || first?.counts.ok === 0 ? "" : formatNs(p99.valueNs),
	];
}
