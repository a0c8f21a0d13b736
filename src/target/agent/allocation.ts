import { GCProfiler, getHeapStatistics } from "node:v8";
import { sayNothingWhenLeaving, sayWhenLeaving } from "./parting.js";

/**
 * How much the target allocates, from what V8's garbage collections found before and left behind. Nothing runs between
 * collections, so it costs the target next to nothing. Memory outside of V8's heap (buffers) is not in it.
 */
interface AllocationReading {
	readonly allocatedBytes: number;
	/** Time in collections of every kind. */
	readonly gcNs: number;
	readonly collections: number;
	/** The same by V8's kind of collection. */
	readonly pauses: readonly Pauses[];
}

interface Pauses {
	readonly kind: string;
	readonly count: number;
	readonly totalNs: number;
	readonly longestNs: number;
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
	sayWhenLeaving("allocation.end", end);
}

function end(): AllocationReading {
	if (watch === undefined) throw new Error("allocations are not being watched");
	const usedAtEnd = getHeapStatistics().used_heap_size;
	const { statistics } = watch.profiler.stop();
	let allocatedBytes = 0;
	let used = watch.usedAtStart;
	const byKind = new Map<string, Pauses>();
	for (const { gcType, beforeGC, afterGC, cost } of statistics) {
		allocatedBytes += beforeGC.heapStatistics.usedHeapSize - used;
		used = afterGC.heapStatistics.usedHeapSize;
		byKind.set(gcType, withPause(byKind.get(gcType), gcType, cost * 1e3));
	}
	allocatedBytes += usedAtEnd - used;
	watch = undefined;
	sayNothingWhenLeaving("allocation.end");
	const pauses = [...byKind.values()];
	return {
		allocatedBytes: Math.max(0, allocatedBytes),
		gcNs: pauses.reduce((sum, { totalNs }) => sum + totalNs, 0),
		collections: statistics.length,
		pauses,
	};
}

const withPause = (known: Pauses | undefined, kind: string, ns: number): Pauses => ({
	kind,
	count: (known?.count ?? 0) + 1,
	totalNs: (known?.totalNs ?? 0) + ns,
	longestNs: Math.max(known?.longestNs ?? 0, ns),
});
