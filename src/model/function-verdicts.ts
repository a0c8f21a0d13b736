import * as z from "zod";
import { frameSchema } from "./call-tree.js";
import type { Immutable } from "./immutable.js";

const nanoseconds = z.number().nonnegative();

/** A function that costs more or less on head: its own code, without what it calls. */
const changedCostSchema = z.object({
	/** package, file: all functions of it together; the frame is one of them. */
	kind: z.enum(["function", "file", "package"]),
	frame: frameSchema,
	/** CPU of a request. */
	baseNs: nanoseconds,
	headNs: nanoseconds,
	/** head − base, with an interval; those of all that was tested hold together at 1 − alpha. */
	differenceNs: z.number(),
	lowNs: z.number(),
	highNs: z.number(),
	/** Present where it is in lines that differ between the sides. */
	linesChanged: z.literal(true).exactOptional(),
	/** moved: what it gained or lost was lost or gained by those around it. */
	verdict: z.enum(["dearer", "cheaper", "moved"]),
});
export type ChangedCost = Immutable<z.infer<typeof changedCostSchema>>;

/** What the functions of two sides cost, from slices in which both were sampled. */
export const functionVerdictsSchema = z.object({
	/** Process sets in which both sides were warm and sampled. */
	sets: z.number().int().positive(),
	/** Busy samples. */
	ticks: z.object({ base: z.number().nonnegative(), head: z.number().nonnegative() }),
	/** How many functions, files and packages had enough samples. */
	tested: z.number().int().nonnegative(),
	/** Probability that anything is named where nothing differs. */
	alpha: z.number().positive().max(1),
	/** The largest difference first. */
	changed: z.array(changedCostSchema),
});
export type FunctionVerdicts = Immutable<z.infer<typeof functionVerdictsSchema>>;
