import { pausedNs } from "#src/analyse/allocation/pauses.js";
import type { RetainedGrowth } from "#src/model/allocation.js";
import type { CallTree } from "#src/model/call-tree.js";
import { memoryPlaces } from "#src/model/memory-places.js";
import type { AllocRun } from "#src/model/run.js";
import { allocatedPerRequest, cleanAllocation, keeperName } from "#src/report/figures/allocation.js";
import { cwdOf } from "#src/report/figures/target.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { formatBytes } from "#src/report/numbers/bytes.js";
import { costUnitOf } from "#src/report/numbers/cost-unit.js";
import { formatSignificant } from "#src/report/numbers/format.js";
import { formatNs } from "#src/report/numbers/times.js";
import { dearestClause, hasTicks, ownersClause } from "./dearest-code.js";
import { endedEarly, nothingMeasured } from "./unfinished.js";

/** What a request allocates, where, and what of it stays. */
export function allocHeadline(run: AllocRun, trees: ReadonlyMap<string, CallTree>): string[] {
	const clean = cleanAllocation(run);
	if (clean === undefined) return [nothingMeasured(run)];
	const { window, reading } = clean;
	const bytesPerRequest = allocatedPerRequest(run) ?? reading.bytesPerRequest;
	const objects = run.allocation?.objects?.perRequest;
	const count = objects === undefined ? "" : ` in ${formatSignificant(objects)} objects`;
	const opening = `${endpointLabel(window.endpoint)} allocates ${formatBytes(bytesPerRequest)}${count} a request`;
	const leak = leakSentence(run.allocation?.retained ?? null);
	const gc = ` GC pauses take ${formatNs(pausedNs(reading) / Math.max(1, window.counts.attempted))} a request.`;
	const profile = run.profiles.find((each) => each.measures === "allocation" && hasTicks(trees, each));
	const tree = profile === undefined ? undefined : trees.get(profile.id);
	if (tree === undefined) return [`${opening}.`, leak, gc, endedEarly(run)];
	const cost = { perRequest: bytesPerRequest, unit: costUnitOf("allocation") };
	const dearest = dearestClause("Most", tree, cwdOf(run.target), cost);
	return [`${opening}: ${ownersClause(tree, cost)}.`, leak, dearest, gc, endedEarly(run)];
}

/** The first keeper, where it has most of it. */
function keptBy(keepers: RetainedGrowth["keepers"]): string {
	const [first] = keepers ?? [];
	const all = (keepers ?? []).reduce((sum, { bytesPerRequest }) => sum + bytesPerRequest, 0);
	return first === undefined || first.bytesPerRequest < all / 2 ? "" : `, most of it in ${keeperName(first)}`;
}

function leakSentence(retained: RetainedGrowth | null): string {
	const leaked = memoryPlaces.flatMap((where) => (retained?.[where].verdict === "leaks" ? [retained[where]] : []));
	if (leaked.length === 0) return "";
	const bytesPerRequest = leaked.reduce((sum, growth) => sum + growth.bytesPerRequest, 0);
	const outside = retained?.outside.verdict === "leaks" ? retained.outside.bytesPerRequest : 0;
	const buffers =
		outside === 0 ? "" : outside === bytesPerRequest ? " in buffers" : `, ${formatBytes(outside)} in buffers`;
	return ` It leaks: ${formatBytes(bytesPerRequest)} of each request stay${buffers}${keptBy(retained?.keepers ?? null)}.`;
}
