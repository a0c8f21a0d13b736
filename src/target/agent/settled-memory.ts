import { Session } from "node:inspector";
import { memoryUsage } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { post } from "./inspector-post.js";

/** The target's side of following what stays in memory. It does nothing until it is asked. */

interface SettledMemory {
	readonly heapBytes: number;
	/** Outside of V8's heap and held by its objects, as they tell V8: buffers above all. */
	readonly outsideBytes: number;
}

/** Each leaves another part of a page unused, which V8 counts as used: the least of them is the truth within some kilobytes. */
const COLLECTIONS = 3;
/** A large heap takes long to collect, and what a page is off by is nothing there. */
const LONG_MS = 300;

/** memory.settled collects all garbage and says what is left. */
export function settledMemoryMethods(): Record<string, () => Promise<SettledMemory>> {
	return { "memory.settled": settled };
}

async function settled(): Promise<SettledMemory> {
	// V8 drops the bytecode of functions that have not run for some collections. Collections that are only made to look would
	// have it do so many times as fast as it does by itself, and what falls so hides what grows.
	setFlagsFromString("--no-flush-bytecode");
	const session = new Session();
	session.connect();
	const began = performance.now();
	let heapBytes = Number.POSITIVE_INFINITY;
	let outsideBytes = Number.POSITIVE_INFINITY;
	try {
		for (let collection = 0; collection < COLLECTIONS; collection++) {
			await post(session, "HeapProfiler.collectGarbage");
			// Finalizers run in turns of their own.
			await sleep(1);
			heapBytes = Math.min(heapBytes, getHeapStatistics().used_heap_size);
			outsideBytes = Math.min(outsideBytes, memoryUsage().external);
			if (performance.now() - began > LONG_MS) break;
		}
	} finally {
		session.disconnect();
	}
	return { heapBytes, outsideBytes };
}
