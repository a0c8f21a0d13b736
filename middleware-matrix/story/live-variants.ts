import type { OpenRun } from "#src/investigate/open-run.js";
import { slicedOrder } from "#src/investigate/process-start.js";
import type { World } from "#src/investigate/world.js";
import type { SlicedOrder } from "#src/load/order/order.js";
import type { SetContext } from "#src/measure/live-set.js";
import type { RunningTarget } from "#src/target/target.js";
import type { MatrixPlan } from "./plan.js";
import type { MeasuredVariant } from "./variant.js";

/** Notes how a variant is measured, by one of its processes. */
export function meet(variant: MeasuredVariant, target: RunningTarget, world: World): void {
	const reader = world.cpuReaderOf(target);
	variant.cpuSource = reader?.source ?? variant.cpuSource;
	variant.processes = reader?.processes ?? 0;
}

/** How one of its processes is loaded. */
export const orderOf = (target: RunningTarget, plan: MatrixPlan): SlicedOrder =>
	slicedOrder(
		target,
		plan.endpoint,
		plan.expectedStatus,
		{ kind: "closed", clients: plan.design.clients },
		plan.load.timeoutMs,
	);

/** Every slice is added to what its variant has had. */
export const setContextOf = async (
	variants: readonly MeasuredVariant[],
	run: OpenRun,
	signal: AbortSignal,
): Promise<SetContext> => ({
	generator: await run.generator(),
	cpuReaderOf: run.world.cpuReaderOf,
	signal,
	onSlice: (variant, slice) => variants[variant]?.tally.add(slice),
	onWarmup: (variant, slice) => variants[variant]?.tally.addWarmup(slice),
	onThreads: (variant, uses) => variants[variant]?.tally.addThreads(uses),
});
