import type { SlicedOrder } from "#src/load/order/order.js";
import type { Arrivals } from "#src/model/load.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { RunningTarget } from "#src/target/target.js";

/** A process of a set gets this long to end before it is killed: processes are started again and again. */
export const END_GRACE_MS = 1_000;

/**
 * A young generation of a fixed size in all processes that are compared: left to itself, V8 sizes it differently in each process and
 * stays with that, which is most of the difference between two starts of the same code (docs/method.md).
 */
export const youngGenerationFlags = (semiSpaceMiB: number | null): readonly string[] =>
	semiSpaceMiB === null ? [] : [`--min-semi-space-size=${semiSpaceMiB}`, `--max-semi-space-size=${semiSpaceMiB}`];

/** How a process of a set is loaded. Light requests leave by timers: their time runs from when they are sent. */
export const slicedOrder = (
	target: RunningTarget,
	endpoint: EndpointRequest,
	expectedStatus: readonly number[] | null,
	load: Arrivals,
	timeoutMs: number,
): SlicedOrder => ({
	origin: target.origin,
	request: endpoint,
	expectedStatus,
	load: load.kind === "closed" ? load : { ...load, spin: false },
	timeoutMs,
});
