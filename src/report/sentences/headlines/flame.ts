import type { CallTree } from "#src/model/call-tree.js";
import { isClean } from "#src/model/parts-of-run.js";
import type { FlameRun } from "#src/model/run.js";
import { cwdOf } from "#src/report/figures/target.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { costUnitOf } from "#src/report/numbers/cost-unit.js";
import { formatNs } from "#src/report/numbers/times.js";
import { measuredClause } from "#src/report/sentences/measured.js";
import { dearestClause, hasLargeParts, hasTicks, ownersClause } from "./dearest-code.js";
import { nothingMeasured } from "./unfinished.js";

/** Where the CPU time of a request goes. */
export function flameHeadline(run: FlameRun, trees: ReadonlyMap<string, CallTree>): string[] {
	const { measurements } = run;
	const profiles = run.profiles.filter((each) => each.measures === "cpu" && hasTicks(trees, each));
	const profile = profiles.find(({ collector }) => collector === "v8") ?? profiles[0];
	const tree = profile === undefined ? undefined : trees.get(profile.id);
	if (profile === undefined || tree === undefined) {
		const measured = measurements.find((each) => isClean(each) && each.counts.ok > 0);
		if (measured === undefined) return [nothingMeasured(run)];
		return [
			`${measuredClause(measured, false)}.`,
			"No profiler delivered a call tree of CPU time, so where the CPU time goes is not known.",
		];
	}
	const clean = measurements.find(({ id }) => id === profile.cleanMeasurementId);
	const profiled = measurements.find(({ id }) => id === profile.measurementId);
	const endpoint = (clean ?? profiled)?.endpoint;
	const where = endpoint === undefined ? "The target" : endpointLabel(endpoint);
	const cpuNs = clean?.cpu?.nsPerRequest ?? null;
	const opening =
		cpuNs === null
			? `${where}: CPU per request is not known; of the ${profile.collector} profiler's busy ticks, `
			: `${where} costs ${formatNs(cpuNs)} of CPU a request: `;
	const cost = { perRequest: cpuNs, unit: costUnitOf("cpu") };
	const dearest = hasLargeParts(tree) ? "Hottest function on the main thread" : "Hottest function";
	return [`${opening}${ownersClause(tree, cost)}.`, dearestClause(dearest, tree, cwdOf(run.target), cost)];
}
