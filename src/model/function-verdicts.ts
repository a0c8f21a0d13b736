import * as z from "zod";
import { frameSchema } from "./call-tree.js";
import type { Immutable } from "./immutable.js";

const perRequest = z.number().nonnegative();

/** layer: a plugin, a hook; all functions of it and what they call. */
const kinds = ["function", "file", "package", "layer"] as const;
/**
 * moved: what it gained or lost was lost or gained by those around it. waiting: a part of Node that runs what a request waits for, of
 * sides between which it waits longer or less: its price, and not its cause.
 */
const verdicts = ["dearer", "cheaper", "moved", "waiting"] as const;

/** A function whose own code, without what it calls, costs more or less on head. Figures are of a request, in nanoseconds or bytes. */
export interface CostChange {
	/** package, file, layer: all functions of it together; the frame is one of them, of a layer its name and where it begins. */
	readonly kind: (typeof kinds)[number];
	readonly frame: z.infer<typeof frameSchema>;
	readonly base: number;
	readonly head: number;
	/** head − base, with an interval; those of all that was tested hold together at 1 − alpha. */
	readonly difference: number;
	readonly low: number;
	readonly high: number;
	/** Present where it is in lines that differ between the sides. */
	readonly linesChanged?: true;
	readonly verdict: (typeof verdicts)[number];
}

const changed = {
	kind: z.enum(kinds),
	frame: frameSchema,
	linesChanged: z.literal(true).exactOptional(),
	verdict: z.enum(verdicts),
};

const changedCpuSchema = z.object({
	...changed,
	baseNs: perRequest,
	headNs: perRequest,
	differenceNs: z.number(),
	lowNs: z.number(),
	highNs: z.number(),
});

const changedBytesSchema = z.object({
	...changed,
	baseBytes: perRequest,
	headBytes: perRequest,
	differenceBytes: z.number(),
	lowBytes: z.number(),
	highBytes: z.number(),
});

const judged = {
	/** Process sets in which both sides were warm and sampled. */
	sets: z.number().int().positive(),
	/** How many functions, files, packages and layers had enough samples. */
	tested: z.number().int().nonnegative(),
	/** Probability that anything is named where nothing differs. */
	alpha: z.number().positive().max(1),
};
const ofSides = z.object({ base: z.number().nonnegative(), head: z.number().nonnegative() });

/** What the functions of two sides cost, from slices in which both were sampled. */
export const functionVerdictsSchema = z.object({
	...judged,
	/** Busy samples. */
	ticks: ofSides,
	/** The largest difference first. */
	changed: z.array(changedCpuSchema),
});
export type FunctionVerdicts = Immutable<z.infer<typeof functionVerdictsSchema>>;

/** What the functions of two sides allocate, from slices of their own, in which V8 inlined nothing. */
export const functionBytesSchema = z.object({
	...judged,
	/** Bytes that the samples of each side stand for. */
	sampledBytes: ofSides,
	/** The largest difference first. */
	changed: z.array(changedBytesSchema),
});
export type FunctionBytes = Immutable<z.infer<typeof functionBytesSchema>>;
