import { type FoundLayers, findLayers } from "#matrix/discovery/find-layers.js";
import { findingsOfMatrix, findingsOfStack, findingsOfTime } from "#matrix/findings/findings-of-matrix.js";
import { findingsOfMeasurement } from "#src/analyse/findings/measurement.js";
import type { KeepEvidence } from "#src/investigate/found.js";
import type { OpenRun } from "#src/investigate/open-run.js";
import { type RunOutcome, tellRun } from "#src/investigate/run.js";
import type { World } from "#src/investigate/world.js";
import type { Matrix, Stack } from "#src/model/matrix.js";
import type { Slices } from "#src/model/measurement.js";
import type { MatrixRun } from "#src/model/run.js";
import type { LayersSoFar } from "./layer-evidence.js";
import { measureLayers } from "./measure-layers.js";
import type { MatrixPlan } from "./plan.js";
import { profileVariants } from "./profile-variants.js";
import { TimePlan } from "./time-plan.js";
import { checkNamed } from "./variants-to-profile.js";

/** Where a matrix puts what it knows by now: a run's ledger, or that of a story which has a matrix as one of its steps. */
export interface KeepMatrix {
	/** Puts parts in the place of earlier ones. */
	keep(parts: {
		readonly stack?: Stack;
		readonly matrix?: Matrix | null;
		readonly measurements?: readonly Slices[];
	}): void;
	/** Adds windows, profiles and findings. */
	readonly append: KeepEvidence;
}

/** What a matrix found. */
interface MeasuredMatrix {
	readonly found: FoundLayers;
	/** Null where too few variants could be measured to compare any. */
	readonly matrix: Matrix | null;
}

/** What does each layer cost? The whole story of `az-prof matrix`. */
export const investigateMatrix = (plan: MatrixPlan, world: World): Promise<RunOutcome<MatrixRun>> =>
	tellRun(
		plan,
		world,
		"matrix",
		{ measurements: [], profiles: [], stack: null, matrix: null, findings: [] },
		async (run, ledger) => {
			await measureMatrix(run, plan, ledger);
		},
	);

/**
 * The layers are found, or named by the user; every variant of the design is measured interleaved with the others, in fresh
 * processes again and again; then those that matter are profiled. A step on an open run.
 * @throws what ended it early; what was known by then was kept
 */
export async function measureMatrix(
	run: OpenRun,
	plan: MatrixPlan,
	{ keep, append }: KeepMatrix,
): Promise<MeasuredMatrix> {
	const time = new TimePlan(plan, run.world.now);
	const found = await findLayers(run, plan, (stack) => keep({ stack }));
	append({ findings: findingsOfStack(found.stack) });
	checkNamed(plan.whatToProfile, found.factors, found.stack.layers);
	let matrix: Matrix | null = null;
	let slices: readonly Slices[] = [];
	try {
		const withinMs = time.forSetsMs(found.factors.length);
		const what = { run, plan, found, withinMs };
		const keepSoFar = (soFar: LayersSoFar): void => {
			({ matrix, measurements: slices } = soFar);
			keep(soFar);
		};
		const measured = await measureLayers(what, keepSoFar, append).finally(() =>
			append({ findings: slices.flatMap(findingsOfMeasurement) }),
		);
		await profileVariants(run, plan, found, measured, time, append, (grown) => {
			matrix = grown;
			keep({ matrix });
		});
		append({ findings: findingsOfTime(plan.design.withinMs, time.tookMs, measured.matrix) });
	} finally {
		if (matrix !== null) append({ findings: findingsOfMatrix(matrix) });
	}
	return { found, matrix };
}
