import type { ListedRun, RunBrief } from "#src/model/listed-run.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { formatCount, formatRate } from "#src/report/numbers/format.js";
import { formatNs } from "#src/report/numbers/times.js";
import { printable, renderTable } from "./table.js";

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
		runs.map(({ id, brief, problem }) =>
			brief === null ? [id, "unreadable", printable(problem ?? ""), "", ""] : [id, brief.status, ...figures(brief)],
		),
	);
}

function figures({ clean }: RunBrief): [string, string, string] {
	const [first] = clean;
	if (first === undefined) return ["", "", ""];
	const more = clean.length > 1 ? ` and ${formatCount(clean.length - 1)} more` : "";
	return [
		printable(`${endpointLabel(first.endpoint)}${more}`),
		formatRate(first.requestsPerSecond),
		first.p99Ns === null ? "" : formatNs(first.p99Ns),
	];
}
