import { pausedNs } from "#src/analyse/allocation/pauses.js";
import type { RetainedGrowth } from "#src/model/allocation.js";
import type { Measurement } from "#src/model/measurement.js";
import type { RunRecord } from "#src/model/run.js";
import type { ReportFigure } from "#src/report/numbers/figure.js";
import {
	formatBytes,
	formatCount,
	formatNs,
	formatPercent,
	formatSignificant,
	NO_FIGURE,
} from "#src/report/numbers/format.js";

/** The measurement whose bytes count: the clean one. */
export const cleanAllocation = (run: RunRecord): Measurement | undefined =>
	run.measurements.find(({ collector, allocation }) => collector === null && allocation !== null);

/** Bytes a request allocates: of its objects where they were counted, else what V8's counters say; null where neither is. */
export const allocatedPerRequest = (run: RunRecord): number | null =>
	run.allocation?.objects?.bytesPerRequest ?? cleanAllocation(run)?.allocation?.bytesPerRequest ?? null;

/** For the terminal, Markdown and the report alike; empty where nothing was measured. */
export function allocationFigures(run: RunRecord): ReportFigure[] {
	const clean = cleanAllocation(run);
	if (clean?.allocation == null) return [];
	const { bytesPerRequest } = clean.allocation;
	const { objects, retained } = run.allocation ?? { objects: null, retained: null };
	return [
		figure(
			"allocated",
			`${formatBytes(allocatedPerRequest(run) ?? bytesPerRequest)}/request`,
			objects === null
				? `V8's counters over ${formatCount(clean.counts.attempted)} requests, no profiler`
				: `object by object over ${formatCount(objects.requests)} requests; V8's counters say ${formatBytes(bytesPerRequest)} over ${formatCount(clean.counts.attempted)}`,
		),
		figure(
			"objects",
			objects === null ? NO_FIGURE : `${formatSignificant(objects.perRequest)}/request`,
			objects === null ? "could not be counted" : "an array and its elements are two",
		),
		...collectionFigures(clean),
		retained === null
			? figure("stays", NO_FIGURE, "the heap could not be followed")
			: { ...figure("stays", staysText(retained), staysNote(retained)), alarming: retained.verdict === "leaks" },
	];
}

const figure = (label: string, text: string, note: string | null): ReportFigure => ({ label, text, note });

/** Time in collections, then each kind. */
function collectionFigures({ allocation, cpu, counts }: Measurement): ReportFigure[] {
	if (allocation === null || counts.attempted === 0) return [];
	const gcNs = pausedNs(allocation);
	const share = cpu === null || cpu.totalNs === 0 ? null : gcNs / cpu.totalNs;
	return [
		figure(
			"GC pauses",
			`${formatNs(gcNs / counts.attempted)}/request`,
			share === null ? null : `${formatPercent(share)} of the target's CPU time`,
		),
		...allocation.pauses.map(({ kind, count, totalNs, longestNs }) =>
			figure(
				kindName(kind),
				`${formatSignificant((count / counts.attempted) * 1000)} per 1,000`,
				`${formatCount(count)} of ${formatNs(totalNs / count)} on average, the longest ${formatNs(longestNs)}`,
			),
		),
	];
}

/** V8's names of what it collects, as its documentation writes them. */
const kindName = (kind: string): string => kind.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();

function staysText({ bytesPerRequest, verdict }: RetainedGrowth): string {
	switch (verdict) {
		case "steady":
			return "nothing";
		case "levelled":
			return "nothing more";
		case "leaks":
			return `${formatBytes(bytesPerRequest)}/request`;
		case "cannot tell":
			return "cannot tell";
	}
}

function staysNote({ low, high, points, verdict }: RetainedGrowth): string {
	const requests = points.at(-1)?.requests ?? 0;
	const interval = `${signedBytes(low)} … ${signedBytes(high)} a request over ${formatCount(requests)} requests, after full collections`;
	return verdict === "levelled" ? `the heap grew and then levelled; ${interval}` : interval;
}

const signedBytes = (bytes: number): string => `${bytes < 0 ? "−" : ""}${formatBytes(Math.abs(bytes))}`;
