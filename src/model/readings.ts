import * as z from "zod";
import type { Immutable } from "./immutable.js";

/** What a tool measures besides a call tree: series over time, a verdict, asynchronous operations. */

const seriesSchema = z.object({
	/** "CPU", "event-loop delay", "handles", "heap used" */
	label: z.string(),
	unit: z.enum(["share", "ms", "count", "bytes"]),
	/** Milliseconds since the window opened, and the value: a mean, or for a delay the largest, of about 100 ms. */
	points: z.array(z.tuple([z.number(), z.number()])),
});
export type ReadingSeries = Immutable<z.infer<typeof seriesSchema>>;

export const toolVerdictSchema = z.object({
	/** In the tool's own words: clinic doctor's "none", "gc", "event-loop", "io", "data" or "unknown". */
	category: z.string(),
	/** What it looked at, and what it thinks of each. */
	issues: z.record(z.string(), z.string()),
});
export type ToolVerdict = Immutable<z.infer<typeof toolVerdictSchema>>;

const asyncOperationSchema = z.object({
	/** Node's name of the resource: "TCPWRAP", "Timeout", "PROMISE". */
	type: z.string(),
	/** Those that began in the window; a connection that was there before does not count. */
	count: z.number().int().nonnegative(),
	/** Callbacks of operations of this type, also of those that began before. */
	callbacks: z.number().int().nonnegative(),
	/** In the window, from their starts to their ends, or to the last that was seen of them, all together. */
	openMs: z.number().nonnegative(),
	/** In callbacks of it, of all operations together. */
	callbackMs: z.number().nonnegative(),
});
export type AsyncOperation = Immutable<z.infer<typeof asyncOperationSchema>>;

export const readingsSchema = z.object({
	verdict: toolVerdictSchema.nullable(),
	series: z.array(seriesSchema),
	/** Those that were open longest first; null for a tool that does not see them. */
	asyncOperations: z.array(asyncOperationSchema).nullable(),
});
export type Readings = Immutable<z.infer<typeof readingsSchema>>;
