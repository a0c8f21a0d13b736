import * as z from "zod";
import { memoryPlaces } from "#src/model/memory-places.js";
import { findingOfRun, findingOfWindow } from "./finding-of.js";

/** The slope of what stays, with its 95 % interval. */
const growth = {
	where: z.enum(memoryPlaces),
	bytesPerRequest: z.number(),
	low: z.number(),
	high: z.number(),
	/** Of the stretches that the slope is of. */
	requests: z.number(),
};

export const allocationFindings = [
	findingOfWindow("LEAK", {
		...growth,
		/** At the rate of the clean load. */
		bytesPerHour: z.number(),
	}),
	findingOfWindow("MEMORY_GREW", growth),
	findingOfWindow("GC_HEAVY", { gcNs: z.number(), share: z.number() }),
	findingOfWindow("ROOM_UNUSED", {
		/** By how much the heap fills faster than objects are large. */
		share: z.number(),
		usedBytesPerRequest: z.number(),
		objectBytesPerRequest: z.number(),
	}),
	findingOfRun("HEAP_NOT_READ", {
		/** Why. */
		message: z.string(),
	}),
	findingOfRun("OBJECTS_NOT_COUNTED", {
		/** What the collector said. */
		message: z.string(),
	}),
] as const;
