import { pausedNs } from "#src/analyse/allocation/pauses.js";
import type { Allocation } from "#src/model/allocation.js";
import type { Finding } from "#src/model/finding.js";
import type { Window } from "#src/model/measurement.js";
import { memoryPlaces } from "#src/model/memory-places.js";

/** Findings about what a target allocates. */

/** From this share of CPU on, garbage collection is worth a look before anything else. */
const HEAVY_GC = 0.1;
/** From this difference on between the heap's filling and its objects, a reader would ask. */
const NOTABLE_ROOM = 0.05;

export function allocationFindings(clean: Window, { retained, objects }: Allocation): Finding[] {
	return [...leaks(clean, retained), ...gcHeavy(clean), ...roomUnused(clean, objects)];
}

/** LEAK: what stays after full collections rises with the requests. MEMORY_GREW: it rose, and then stopped. */
function leaks(clean: Window, retained: Allocation["retained"]): Finding[] {
	if (retained === null) return [];
	return memoryPlaces.flatMap((where): Finding[] => {
		const { bytesPerRequest, low, high, verdict, steadyFrom } = retained[where];
		const requestsAt = (index: number): number => retained.points.at(index)?.requests ?? 0;
		const figures = { where, bytesPerRequest, low, high, requests: requestsAt(-1) - requestsAt(steadyFrom) };
		if (verdict === "levelled") return [{ code: "MEMORY_GREW", severity: "info", about: clean.id, figures }];
		if (verdict !== "leaks") return [];
		const bytesPerHour = bytesPerRequest * clean.requestsPerSecond * 3_600;
		return [{ code: "LEAK", severity: "problem", about: clean.id, figures: { ...figures, bytesPerHour } }];
	});
}

/** GC_HEAVY: a large part of the CPU time goes into collecting. */
function gcHeavy({ id, allocation, cpu }: Window): Finding[] {
	if (allocation == null || cpu === null || cpu.totalNs === 0) return [];
	const gcNs = pausedNs(allocation);
	const share = gcNs / cpu.totalNs;
	if (share < HEAVY_GC) return [];
	return [
		{
			code: "GC_HEAVY",
			severity: "warning",
			about: id,
			figures: { gcNs, share },
		},
	];
}

/** ROOM_UNUSED: V8's counters, which see pages, and the objects themselves differ. */
function roomUnused({ id, allocation }: Window, objects: Allocation["objects"]): Finding[] {
	if (allocation == null || objects === null || objects.bytesPerRequest === 0) return [];
	const { bytesPerRequest } = allocation;
	const share = bytesPerRequest / objects.bytesPerRequest - 1;
	if (share < NOTABLE_ROOM) return [];
	return [
		{
			code: "ROOM_UNUSED",
			severity: "info",
			about: id,
			figures: { share, usedBytesPerRequest: bytesPerRequest, objectBytesPerRequest: objects.bytesPerRequest },
		},
	];
}

export const heapNotRead = (message: string): Finding => ({
	code: "HEAP_NOT_READ",
	severity: "info",
	about: null,
	figures: { message },
});

export const objectsNotCounted = (message: string): Finding => ({
	code: "OBJECTS_NOT_COUNTED",
	severity: "warning",
	about: null,
	figures: { message },
});
