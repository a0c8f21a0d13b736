import { pausedNs } from "#src/analyse/allocation/pauses.js";
import type { Allocation } from "#src/model/allocation.js";
import type { Finding } from "#src/model/finding.js";
import type { Measurement } from "#src/model/measurement.js";

/** Findings about what a target allocates. */

/** From this share of CPU on, garbage collection is worth a look before anything else. */
const HEAVY_GC = 0.1;
/** From this difference on between the heap's filling and its objects, a reader would ask. */
const NOTABLE_ROOM = 0.05;

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
const bytes = (value: number): string => `${Math.round(value).toLocaleString("en-US")} bytes`;

export function allocationFindings(clean: Measurement, { retained, objects }: Allocation): Finding[] {
	return [...leak(clean, retained), ...gcHeavy(clean), ...roomUnused(clean, objects)];
}

/** LEAK: what stays on the heap after full collections rises with the requests. HEAP_GREW: it rose, and then stopped. */
function leak(clean: Measurement, retained: Allocation["retained"]): Finding[] {
	if (retained === null || retained.verdict === "steady" || retained.verdict === "cannot tell") return [];
	const { bytesPerRequest, low, high, points, verdict } = retained;
	const requests = points.at(-1)?.requests ?? 0;
	const figures = { bytesPerRequest, low, high, requests };
	if (verdict === "levelled") {
		return [
			{
				code: "HEAP_GREW",
				severity: "info",
				about: clean.id,
				figures,
				sentence: `The heap grew at first and then no more, as a cache does that fills (${requests.toLocaleString("en-US")} requests).`,
			},
		];
	}
	const perHour = (bytesPerRequest * clean.requestsPerSecond * 3600) / 1024 ** 3;
	return [
		{
			code: "LEAK",
			severity: "problem",
			about: clean.id,
			figures: { ...figures, gibibytesPerHour: perHour },
			sentence: `A request leaves ${bytes(bytesPerRequest)} on the heap for good (95 % interval ${Math.round(low).toLocaleString("en-US")} to ${bytes(high)}, over ${requests.toLocaleString("en-US")} requests, after full collections): ${perHour.toPrecision(2)} GiB an hour at this load.`,
		},
	];
}

/** GC_HEAVY: a large part of the CPU time goes into collecting. */
function gcHeavy({ id, allocation, cpu }: Measurement): Finding[] {
	if (allocation === null || cpu === null || cpu.totalNs === 0) return [];
	const gcNs = pausedNs(allocation);
	const share = gcNs / cpu.totalNs;
	if (share < HEAVY_GC) return [];
	return [
		{
			code: "GC_HEAVY",
			severity: "warning",
			about: id,
			figures: { gcNs, share },
			sentence: `Pauses of the garbage collector take ${percent(share)} of the target's CPU time: fewer or shorter-lived allocations would save it.`,
		},
	];
}

/** ROOM_UNUSED: V8's counters, which see pages, and the objects themselves differ. */
function roomUnused({ id, allocation }: Measurement, objects: Allocation["objects"]): Finding[] {
	if (allocation === null || objects === null || objects.bytesPerRequest === 0) return [];
	const { bytesPerRequest } = allocation;
	const share = bytesPerRequest / objects.bytesPerRequest - 1;
	if (share < NOTABLE_ROOM) return [];
	return [
		{
			code: "ROOM_UNUSED",
			severity: "info",
			about: id,
			figures: { share, usedBytes: bytesPerRequest, objectBytes: objects.bytesPerRequest },
			sentence: `The heap fills by ${bytes(bytesPerRequest)} a request, ${percent(share)} more than its objects have: large objects leave room unused at the ends of V8's pages, or a request allocates more under many clients than under one.`,
		},
	];
}

export const objectsNotCounted = (reason: string): Finding => ({
	code: "OBJECTS_NOT_COUNTED",
	severity: "warning",
	about: null,
	figures: { reason },
	sentence: `Objects could not be counted: ${reason.replace(/\.$/, "")}. Bytes are those of V8's counters.`,
});
