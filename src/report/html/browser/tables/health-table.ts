import type { Measurement } from "#src/model/measurement.js";
import type { RunRecord } from "#src/model/run.js";
import { el, foreign } from "#src/report/html/browser/dom.js";
import { collectorLabel } from "#src/report/labels/collector.js";
import { loadLabel } from "#src/report/labels/load.js";
import {
	formatBytes,
	formatCount,
	formatDurationMs,
	formatNs,
	formatWholePercent,
	NO_FIGURE,
} from "#src/report/numbers/format.js";
import { endpointLabel } from "#src/report/sentences/headline.js";

// The soft hyphen lets the long head break where the column is narrow.
const columns: readonly (readonly [head: string, note: string | null, (each: Measurement) => string])[] = [
	["Warm-up", "requests", ({ warmup }) => formatCount(warmup.requests)],
	["", "took", ({ warmup }) => formatDurationMs(warmup.durationMs)],
	["Flat", null, ({ warmup }) => (warmup.flat ? "yes" : "no")],
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
export const healthTable = (run: RunRecord): HTMLElement =>
	el(
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
			...run.measurements.map((each) =>
				el(
					"tr",
					{},
					el("th", { scope: "row" }, foreign(nameOf(run, each))),
					...columns.map(([, , write]) => el("td", {}, write(each))),
				),
			),
		),
	);

function nameOf(run: RunRecord, each: Measurement): string {
	if (run.command === "load") return `${endpointLabel(each.endpoint)}, ${loadLabel(each.load)}`;
	const how = each.collector === null ? "clean" : `under ${collectorLabel(each.collector)}`;
	return each.variant === null ? how : `${each.variant}, ${how}`;
}
