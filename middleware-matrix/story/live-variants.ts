import type { OpenRun } from "#src/investigate/open-run.js";
import { slicedOrder } from "#src/investigate/process-start.js";
import type { World } from "#src/investigate/world.js";
import type { SlicedOrder } from "#src/load/order/order.js";
import type { LiveVariant, SetContext } from "#src/measure/live-set.js";
import type { Arrivals } from "#src/model/load.js";
import type { RunningTarget } from "#src/target/target.js";
import type { MatrixPlan } from "./plan.js";
import type { MeasuredVariant } from "./variant.js";

/** Notes how a variant is measured, by one of its processes. */
export function meet(variant: MeasuredVariant, target: RunningTarget, world: World): void {
	const reader = world.cpuReaderOf(target);
	variant.cpuSource = reader?.source ?? variant.cpuSource;
	variant.processes = reader?.processes ?? 0;
}

/** How one of its processes is loaded, under all clients and lightly. */
export const ordersOf = (target: RunningTarget, plan: MatrixPlan): Pick<LiveVariant, "order" | "lightOrder"> => {
	const { endpoint, expectedStatus, design, load } = plan;
	const orderOf = (arrivals: Arrivals): SlicedOrder =>
		slicedOrder(target, endpoint, expectedStatus, arrivals, load.timeoutMs);
	return { order: orderOf({ kind: "closed", clients: design.clients }), lightOrder: orderOf(design.light) };
};

/** Every slice under load is added to what its variant has had; light ones are in its sets. */
export const setContextOf = async (
	variants: readonly MeasuredVariant[],
	run: OpenRun,
	signal: AbortSignal,
	warmAtOnce: number,
): Promise<SetContext> => ({
	generator: await run.generator(),
	warmAtOnce,
	cpuReaderOf: run.world.cpuReaderOf,
	signal,
	onSlice: (variant, slice, regime) => {
		if (regime === "loaded") variants[variant]?.tally.add(slice);
	},
	onAside: (variant, slice, regime) => {
		if (regime === "loaded") variants[variant]?.tally.addWarmup(slice);
	},
	onThreads: (variant, uses, regime) => {
		if (regime === "loaded") variants[variant]?.tally.addThreads(uses);
	},
});
