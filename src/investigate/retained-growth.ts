import { z } from "zod";
import { growthOf } from "#src/analyse/allocation/growth.js";
import type { RetainedGrowth } from "#src/model/allocation.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { RunningTarget } from "#src/target/target.js";
import type { OpenRun } from "./open-run.js";

const STRETCHES = 8;
const STRETCH = { label: "heap growth", warmupMs: 100, durationMs: 400 } as const;
const COLLECTION_TIMEOUT_MS = 30_000;
const keepNothing = (): void => {};
const settledSchema = z.object({ usedBytes: z.number().nonnegative() });

/**
 * Follows what stays on the heap: stretches of load, and between them, without any, a full collection. Requests under way
 * cannot be taken for a leak so, and the clean window before is not touched. Null for a target without the agent.
 */
export async function measureRetainedGrowth(
	run: OpenRun,
	endpoint: EndpointRequest,
	target: RunningTarget,
): Promise<RetainedGrowth | null> {
	const { agent } = target;
	if (agent === null) return null;
	const settledBytes = async (): Promise<number> =>
		settledSchema.parse(await agent.call("heap.settled", {}, COLLECTION_TIMEOUT_MS)).usedBytes;
	// The first collection also frees what only waited for it since the start.
	await settledBytes();
	let requests = 0;
	const points = [{ requests, usedBytes: await settledBytes() }];
	for (let stretch = 1; stretch <= STRETCHES; stretch++) {
		run.plan.say(`what stays on the heap, ${stretch} of ${STRETCHES}`);
		const onWindowClosed = async (answers: () => Promise<number>): Promise<void> => {
			requests += await answers();
		};
		await run.measure(target, { endpoint, collector: null, aside: STRETCH, onWindowClosed }, keepNothing);
		points.push({ requests, usedBytes: await settledBytes() });
	}
	return growthOf(points);
}
