import { findingsOfComparison, notProfiled } from "#src/analyse/findings/comparison.js";
import { calibrationNote } from "#src/analyse/findings/machine.js";
import { findingsOfMeasurement } from "#src/analyse/findings/measurement.js";
import type { Collector } from "#src/collect/collector.js";
import type { Comparison } from "#src/model/comparison.js";
import type { Finding } from "#src/model/finding.js";
import type { Measurement } from "#src/model/measurement.js";
import type { CompareRun } from "#src/model/run.js";
import type { OpenSides, SideRequest } from "#src/sides/side-request.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { CompareDesign } from "./compare-design.js";
import { type Compared, compareSides, type LayersOfSide } from "./compare-sides.js";
import type { KeepEvidence } from "./found.js";
import { SIDE_NAMES } from "./live-sides.js";
import type { OpenRun } from "./open-run.js";
import { profile } from "./profile.js";
import { type ClosedRunPlan, type RunOutcome, tellRun } from "./run.js";
import type { World } from "./world.js";

export interface ComparePlan extends ClosedRunPlan {
	readonly endpoint: EndpointRequest;
	readonly sides: SideRequest;
	readonly design: CompareDesign;
	/** Run on both sides after the verdict; none of them runs before. */
	readonly collectors: readonly Collector[];
	/** Whether they run without a verdict as well. */
	readonly profilesAnyway: boolean;
	readonly layersOfSide?: LayersOfSide;
}

const nothing = { measurements: [], profiles: [], comparison: null, findings: [] };

/**
 * Did this change make it slower? Both sides are measured interleaved, in process sets, until there is a verdict or the time is
 * over; then both are profiled.
 */
export const investigateComparison = (plan: ComparePlan, world: World): Promise<RunOutcome<CompareRun>> =>
	tellRun(plan, world, "compare", nothing, (run, ledger) =>
		withSides(run, plan.sides, async (opened) => {
			ledger.append({ findings: opened.notes });
			const compared = await comparedWith(run, plan, opened, (soFar) =>
				ledger.keep({ comparison: soFar.comparison, measurements: soFar.slices }),
			).finally(() => ledger.append({ findings: findingsNow(run, ledger.now.comparison, ledger.now.measurements) }));
			if (compared.comparison.verdict === "cannot tell" && !plan.profilesAnyway) {
				if (plan.collectors.length > 0) ledger.append({ findings: [notProfiled] });
				return;
			}
			await profileSides(run, plan, opened, compared, ledger.append);
		}),
	);

/** Opens both sides, hands them over, and closes them in every case. */
export async function withSides<T>(
	run: OpenRun,
	request: SideRequest,
	use: (opened: OpenSides) => Promise<T>,
): Promise<T> {
	const { signal, say } = run.plan;
	const opened = await run.world.openSides(request, { signal, say, logFolder: run.folder.path });
	try {
		// The code of a comparison is that of its head.
		run.isOf(opened.sides[1].side);
		return await use(opened);
	} finally {
		await opened.close();
	}
}

/** As the command line asks for it. */
export const comparedWith = (
	run: OpenRun,
	{ endpoint, design, load, layersOfSide }: Pick<ComparePlan, "endpoint" | "design" | "load" | "layersOfSide">,
	{ sides, changedLines }: Pick<OpenSides, "sides" | "changedLines">,
	keep: (compared: Compared) => void,
): Promise<Compared> => {
	const layers = layersOfSide === undefined ? {} : { layersOfSide };
	return compareSides(run, { endpoint, design, sides, changedLines, timeoutMs: load.timeoutMs, ...layers }, keep);
};

/** What a comparison shows so far. */
export function findingsNow(
	run: OpenRun,
	comparison: Comparison | null,
	measurements: readonly Measurement[],
): Finding[] {
	if (comparison === null) return [];
	const machine = run.machine();
	const calibration = run.world.readCalibration(run.world.machineKeyOf(machine));
	return [
		...measurements.flatMap(findingsOfMeasurement),
		...findingsOfComparison(comparison, machine),
		...(calibration === null ? [] : calibrationNote(calibration)),
	];
}

/** Each collector on base, then on head. */
export async function profileSides(
	run: OpenRun,
	{ endpoint, collectors }: Pick<ComparePlan, "endpoint" | "collectors">,
	{ sides }: Pick<OpenSides, "sides">,
	{ slices }: Pick<Compared, "slices">,
	keep: KeepEvidence,
): Promise<void> {
	for (const collector of collectors) {
		for (const [index, clean] of slices.filter(({ regime }) => regime === "loaded").entries()) {
			const side = sides[index];
			if (side === undefined) continue;
			const subject = { endpoint, spec: side.spec, variant: SIDE_NAMES[index] as string, clean };
			await profile(run, collector, subject, keep);
		}
	}
}
