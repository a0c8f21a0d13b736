import { z } from "zod";
import { findingOfRun, findingOfWindow } from "./finding-of.js";

/** The slope of what stays on the heap, with its 95 % interval. */
const growth = {
	bytesPerRequest: z.number(),
	low: z.number(),
	high: z.number(),
	requests: z.number(),
};

export const allocationFindings = [
	findingOfWindow("LEAK", { ...growth, gibibytesPerHour: z.number() }),
	findingOfWindow("HEAP_GREW", growth),
	findingOfWindow("GC_HEAVY", { gcNs: z.number(), share: z.number() }),
	findingOfWindow("ROOM_UNUSED", {
		/** By how much the heap fills faster than objects are large. */
		share: z.number(),
		usedBytesPerRequest: z.number(),
		objectBytesPerRequest: z.number(),
	}),
	findingOfRun("OBJECTS_NOT_COUNTED", {
		/** What the collector said. */
		message: z.string(),
	}),
] as const;
