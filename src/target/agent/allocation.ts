import { GCProfiler, getHeapStatistics } from "node:v8";

/**
 * How much the target allocates, from what V8's garbage collections found before and left behind. Nothing runs between
 * collections, so it costs the target next to nothing. Memory outside of V8's heap (buffers) is not in it.
 */
interface AllocationReading {
	readonly allocatedBytes: number;
	/** Time in collections of every kind. */
	readonly gcNs: number;
	readonly collections: number;
}

interface Watch {
	readonly profiler: GCProfiler;
	readonly usedAtStart: number;
}

let watch: Watch | undefined;

/** allocation.begin opens a stretch of time, allocation.end closes it and says what was allocated in it. */
export function allocationMethods(): Record<string, (params: Record<string, unknown>) => unknown> {
	return { "allocation.begin": begin, "allocation.end": end };
}

function begin(): void {
	watch?.profiler.stop();
	const profiler = new GCProfiler();
	profiler.start();
	watch = { profiler, usedAtStart: getHeapStatistics().used_heap_size };
}

function end(): AllocationReading {
	if (watch === undefined) throw new Error("allocations are not being watched");
	const usedAtEnd = getHeapStatistics().used_heap_size;
	const { statistics } = watch.profiler.stop();
	let allocatedBytes = 0;
	let used = watch.usedAtStart;
	let gcUs = 0;
	for (const { beforeGC, afterGC, cost } of statistics) {
		allocatedBytes += beforeGC.heapStatistics.usedHeapSize - used;
		used = afterGC.heapStatistics.usedHeapSize;
		gcUs += cost;
	}
	allocatedBytes += usedAtEnd - used;
	watch = undefined;
	return { allocatedBytes: Math.max(0, allocatedBytes), gcNs: gcUs * 1e3, collections: statistics.length };
}
