import { pausedNs } from "#src/analyse/allocation/pauses.js";
import type { Growth, Keeper, RetainedGrowth } from "#src/model/allocation.js";
import type { Window } from "#src/model/measurement.js";
import { type MemoryPlace, memoryPlaces } from "#src/model/memory-places.js";
import type { AllocRun } from "#src/model/run.js";
import { sourceLabel } from "#src/report/labels/frame.js";
import { formatBytes } from "#src/report/numbers/bytes.js";
import type { ReportFigure } from "#src/report/numbers/figure.js";
import { formatCount, formatSignificant, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatPercent } from "#src/report/numbers/shares.js";
import { formatNs } from "#src/report/numbers/times.js";
import { cwdOf } from "./target.js";

/** The clean window with what it allocated. */
export interface CleanAllocation {
	readonly window: Window;
	readonly reading: NonNullable<Window["allocation"]>;
}

/** Undefined where no clean window was watched. */
export function cleanAllocation({ measurements }: AllocRun): CleanAllocation | undefined {
	const window = measurements.find(({ collector, allocation }) => collector === null && allocation != null);
	return window?.allocation == null ? undefined : { window, reading: window.allocation };
}

/** Bytes a request allocates: of its objects where they were counted, else what V8's counters say; null where neither is. */
export const allocatedPerRequest = (run: AllocRun): number | null =>
	run.allocation?.objects?.bytesPerRequest ?? cleanAllocation(run)?.reading.bytesPerRequest ?? null;

/** For the terminal, Markdown and the report alike; empty where nothing was measured. */
export function allocationFigures(run: AllocRun): ReportFigure[] {
	const clean = cleanAllocation(run);
	if (clean === undefined) return [];
	const { bytesPerRequest } = clean.reading;
	const { attempted } = clean.window.counts;
	const { objects, retained } = run.allocation ?? { objects: null, retained: null };
	return [
		figure(
			"allocated",
			`${formatBytes(allocatedPerRequest(run) ?? bytesPerRequest)}/request`,
			objects === null
				? `V8's counters over ${formatCount(attempted)} requests, no profiler`
				: `object by object over ${formatCount(objects.requests)} requests; V8's counters say ${formatBytes(bytesPerRequest)} over ${formatCount(attempted)}`,
		),
		figure(
			"objects",
			objects === null ? NO_FIGURE : `${formatSignificant(objects.perRequest)}/request`,
			objects === null ? "could not be counted" : "an array and its elements are two",
		),
		...collectionFigures(clean),
		...(retained === null
			? [figure("stays", NO_FIGURE, "memory could not be followed")]
			: memoryPlaces.map((where) => staysFigure(retained, where))),
		...(retained?.keepers ?? []).map((keeper) => keeperFigure(keeper, cwdOf(run.target))),
	];
}

const figure = (label: string, text: string, note: string | null): ReportFigure => ({ label, text, note });

/** Time in collections, then each kind. */
function collectionFigures({ window: { cpu, counts }, reading }: CleanAllocation): ReportFigure[] {
	if (counts.attempted === 0) return [];
	const gcNs = pausedNs(reading);
	const share = cpu === null || cpu.totalNs === 0 ? null : gcNs / cpu.totalNs;
	return [
		figure(
			"GC pauses",
			`${formatNs(gcNs / counts.attempted)}/request`,
			share === null ? null : `${formatPercent(share)} of the target's CPU time`,
		),
		...reading.pauses.map(({ kind, count, totalNs, longestNs }) =>
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

const labels: Readonly<Record<MemoryPlace, string>> = { heap: "stays", outside: "in buffers" };

function staysFigure({ points, ...growths }: RetainedGrowth, where: MemoryPlace): ReportFigure {
	const growth = growths[where];
	const requestsAt = (index: number): number => points.at(index)?.requests ?? 0;
	const interval = `${formatSignedRange(growth)} a request over ${formatCount(requestsAt(-1) - requestsAt(growth.steadyFrom))} requests, after full collections`;
	return {
		...figure(labels[where], staysText(growth), notesOn(growth.verdict, interval)),
		alarming: growth.verdict === "leaks",
	};
}

function staysText({ bytesPerRequest, verdict }: Growth): string {
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

const notesOn = (verdict: Growth["verdict"], interval: string): string =>
	verdict === "levelled" ? `grew and then levelled; ${interval}` : interval;

const formatSignedRange = ({ low, high }: Growth): string => `${minusBytes(low)} … ${minusBytes(high)}`;

/** Who keeps what leaks. */
const keeperFigure = (keeper: Keeper, cwd: string | null): ReportFigure => {
	const { bytesPerRequest, objectsPerRequest, kinds } = keeper;
	const seenBy = keeper.seenBy === null ? "" : `, seen by ${placeText(keeper.seenBy, cwd)}`;
	const what = kinds.map(({ name, place }) => (place === null ? name : placeText({ ...place, name }, cwd))).join(", ");
	return figure(
		"kept by",
		keeperName(keeper),
		`${formatBytes(bytesPerRequest)} and ${formatSignificant(Math.max(0, objectsPerRequest))} objects a request: ${what}${seenBy}`,
	);
};

/** "ajv._cache (Map)" */
export const keeperName = ({ path, holds }: Pick<Keeper, "path" | "holds">): string =>
	holds === null || path === holds ? path : path === "" ? holds : `${path} (${holds})`;

function placeText(place: NonNullable<Keeper["seenBy"]>, cwd: string | null): string {
	const source = sourceLabel(place, cwd);
	return source === null ? place.name : `${place.name}, ${source}`;
}

/** Nothing has no sign. */
function minusBytes(bytes: number): string {
	const size = formatBytes(Math.abs(bytes));
	return bytes < 0 && size !== formatBytes(0) ? `−${size}` : size;
}
