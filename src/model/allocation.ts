import * as z from "zod";
import type { Immutable } from "./immutable.js";

/** What `az-prof alloc` found besides the bytes of the clean window and the profile. */

const amount = z.number().nonnegative();

const countedFunctionSchema = z.object({
	name: z.string(),
	file: z.string().nullable(),
	line: z.number().nullable(),
	objectsPerRequest: amount,
	bytesPerRequest: amount,
});
export type CountedFunction = Immutable<z.infer<typeof countedFunctionSchema>>;

const objectsSchema = z.object({
	/** Allocations at full speed (an array and its elements are two; several that V8 folds into one count once). */
	perRequest: amount,
	/** Their bytes, without the room that objects leave unused at the ends of pages. */
	bytesPerRequest: amount,
	/** Requests of the window in which every allocation was recorded. */
	requests: z.number().int().nonnegative(),
	/** The functions with most bytes of their own, counted in another process without inlining; empty without one. */
	functions: z.array(countedFunctionSchema),
});

const growthVerdicts = ["steady", "levelled", "leaks", "cannot tell"] as const;

const growthSchema = z.object({
	/** What one request leaves behind after a full collection: the slope over the points from `steadyFrom` on. */
	bytesPerRequest: z.number(),
	/** 95 % interval of the slope. */
	low: z.number(),
	high: z.number(),
	/** The index of the first point of the steady part. */
	steadyFrom: z.number().int().nonnegative(),
	verdict: z.enum(growthVerdicts),
});
export type Growth = Immutable<z.infer<typeof growthSchema>>;

const functionPlaceSchema = z.object({
	name: z.string(),
	/** The address of its script, as V8 knows it. */
	file: z.string().nullable(),
	line: z.number().nullable(),
});

/** An object that keeps others in memory, found between two snapshots of the heap. */
const keeperSchema = z.object({
	/** How a program gets to it, from a variable or from what is global: "ajv._cache". */
	path: z.string(),
	/** Its class: "Map"; null for the variables of a scope. */
	holds: z.string().nullable(),
	/** A function that sees the variable; null where the path begins elsewhere. */
	seenBy: functionPlaceSchema.nullable(),
	/** What it holds more for each request, and in how many objects. */
	bytesPerRequest: z.number(),
	objectsPerRequest: z.number(),
	/** Of which classes most of the bytes are, the largest first. */
	kinds: z.array(
		z.object({
			name: z.string(),
			/** Of a function, where it is written. */
			place: functionPlaceSchema.nullable(),
			bytesPerRequest: z.number(),
			objectsPerRequest: z.number(),
		}),
	),
});
export type Keeper = Immutable<z.infer<typeof keeperSchema>>;

const retainedSchema = z.object({
	/** After a full collection, without load, between stretches of load. */
	points: z.array(
		z.object({
			requests: z.number().int().nonnegative(),
			/** On V8's heap. */
			heapBytes: amount,
			/** Outside of it and held by its objects: buffers, and what else they tell V8 of. */
			outsideBytes: amount,
		}),
	),
	heap: growthSchema,
	outside: growthSchema,
	/** Who keeps what leaks on the heap, the largest first; null where nothing does, or the heap could not be looked into. */
	keepers: z.array(keeperSchema).nullable(),
});
export type RetainedGrowth = Immutable<z.infer<typeof retainedSchema>>;

export const allocationSchema = z.object({
	/** What was counted object by object; null where it could not be. */
	objects: objectsSchema.nullable(),
	/** Null where the heap could not be followed. */
	retained: retainedSchema.nullable(),
});
export type Allocation = Immutable<z.infer<typeof allocationSchema>>;
