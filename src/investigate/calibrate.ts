import { calibrationOf } from "#src/analyse/comparison/calibration.js";
import { adviceNote } from "#src/analyse/findings/machine.js";
import { findingsOfMeasurement } from "#src/analyse/findings/measurement.js";
import type { CalibrateRun } from "#src/model/run.js";
import { endpointName } from "#src/target/endpoint.js";
import { type ComparePlan, comparedWith, withSides } from "./compare.js";
import { type RunOutcome, tellRun } from "./run.js";
import type { World } from "./world.js";

export type CalibratePlan = Omit<ComparePlan, "collectors" | "profilesAnyway">;

const nothing = { measurements: [], comparison: null, calibration: null, findings: [] };

/**
 * What can this machine see? One code is measured against itself until the time is over, and what it says of the machine is kept. That
 * both sides are the same is no news here.
 */
export const investigateCalibration = (plan: CalibratePlan, world: World): Promise<RunOutcome<CalibrateRun>> =>
	tellRun(plan, world, "calibrate", nothing, (run, ledger) =>
		withSides(run, plan.sides, async (opened) => {
			const { comparison, finished } = await comparedWith(run, plan, opened, (soFar) =>
				ledger.keep({ comparison: soFar.comparison, measurements: soFar.slices }),
			).finally(() =>
				ledger.append({
					findings: [
						...ledger.now.measurements.flatMap(findingsOfMeasurement),
						...world.machineAdvice(run.cpus).map(adviceNote),
					],
				}),
			);
			if (!finished) return;
			const calibration = calibrationOf(comparison, {
				machineKey: world.machineKeyOf(run.machine()),
				target: `${comparison.sides[0].label}, ${endpointName(plan.endpoint)}`,
				measuredAt: world.date().toISOString(),
			});
			if (calibration === null) return;
			ledger.keep({ calibration });
			world.saveCalibration(calibration);
		}),
	);
