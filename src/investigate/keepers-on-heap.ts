import { heapNotRead } from "#src/analyse/findings/allocation.js";
import { parseHeapSnapshot } from "#src/analyse/heap/heap-graph.js";
import { keepersBetween } from "#src/analyse/heap/keepers.js";
import { messageOf } from "#src/errors.js";
import type { Keeper } from "#src/model/allocation.js";
import type { AgentConnection } from "#src/target/target.js";
import type { KeepEvidence } from "./found.js";
import type { OpenRun } from "./open-run.js";

/** An isolate of the target whose heap grows. */
export interface GrowingHeap {
	readonly agent: AgentConnection;
	readonly heapBytes: number;
}

/** Stretches of load between two snapshots. */
const STRETCHES = 4;
/** A snapshot takes the target twice its heap, and seconds. */
const LARGEST_HEAP_BYTES = 256 * 2 ** 20;

/**
 * What came between two snapshots and is still there, by who holds it.
 * @param load for one stretch; says how many requests it had
 * @returns null where the heap could not be looked into, which is told
 */
export async function keepersOnHeap(
	{ world, plan }: OpenRun,
	{ agent, heapBytes }: GrowingHeap,
	load: () => Promise<number>,
	keep: KeepEvidence,
): Promise<Keeper[] | null> {
	plan.say("looking for who keeps it");
	try {
		if (heapBytes > LARGEST_HEAP_BYTES) throw new Error("it is larger than 256 MB");
		const before = parseHeapSnapshot(await world.takeHeapSnapshot(agent));
		let requests = 0;
		for (let stretch = 0; stretch < STRETCHES; stretch++) requests += await load();
		const after = parseHeapSnapshot(await world.takeHeapSnapshot(agent));
		return [...keepersBetween(before, after, requests)];
	} catch (error) {
		plan.signal.throwIfAborted();
		keep({ findings: [heapNotRead(messageOf(error))] });
		return null;
	}
}
