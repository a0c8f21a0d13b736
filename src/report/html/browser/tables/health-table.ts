import type { Measurement } from "#src/model/measurement.js";
import type { RunRecord } from "#src/model/run.js";
import { el, foreign } from "#src/report/html/browser/dom.js";
import { collectorLabel } from "#src/report/labels/collector.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { loadLabel } from "#src/report/labels/load.js";
import { formatBytes } from "#src/report/numbers/bytes.js";
import { formatCount, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatWholePercent } from "#src/report/numbers/shares.js";
import { formatDurationMs, formatNs } from "#src/report/numbers/times.js";

// The soft hyphen lets the long head break where the column is narrow.
const columns: readonly (readonly [head: string, note: string | null, (each: Measurement) => string])[] = [
	["Warm-up", "requests", ({ warmup }) => formatCount(warmup.requests)],
	["", "took", ({ warmup }) => formatDurationMs(warmup.durationMs)],
	["Flat", null, (each) => (each.kind === "slices" ? NO_FIGURE : each.warmup.flat ? "yes" : "no")],
	["Generator", "of a core", ({ generator }) => formatWholePercent(generator.cpuUtilization)],
	["Its loop", "busy", ({ generator }) => formatWholePercent(generator.eventLoopUtilization)],
	["Recon\u00adnects", null, ({ generator }) => formatCount(generator.reconnects)],
	[
		"Target waited",
		"for a core",
		({ cpu }) => (cpu?.runQueueWaitNs == null ? NO_FIGURE : formatNs(cpu.runQueueWaitNs)),
	],
	["Body", "per request", ({ bodyBytesPerRequest }) => formatBytes(bodyBytesPerRequest)],
];

/** Whether each load can be believed: was the target warm, was the generator fast enough, did anybody wait. */
export function healthTable(run: RunRecord): HTMLElement {
	const measurements: readonly Measurement[] = run.measurements;
	return el(
		"table",
		{ class: "health-table" },
		el(
			"thead",
			{},
			el(
				"tr",
				{},
				el("th", { scope: "col" }, "Load"),
				...columns.map(([head, note]) =>
					el("th", { scope: "col" }, head, note === null ? null : el("small", {}, note)),
				),
			),
		),
		el(
			"tbody",
			{},
			...measurements.map((each) =>
				el(
					"tr",
					{},
					el("th", { scope: "row" }, foreign(nameOf(run, each))),
					...columns.map(([, , write]) => el("td", {}, write(each))),
				),
			),
		),
	);
}

function nameOf(run: RunRecord, each: Measurement): string {
	if (run.command === "load") return `${endpointLabel(each.endpoint)}, ${loadLabel(each.load)}`;
	const collector = each.kind === "window" ? each.collector : null;
	const how = collector === null ? "clean" : `under ${collectorLabel(collector)}`;
	return each.variant === null ? how : `${each.variant}, ${how}`;
}
