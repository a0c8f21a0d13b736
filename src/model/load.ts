import * as z from "zod";
import type { Immutable } from "./immutable.js";
import { errorKinds } from "./load-words.js";

export type { Regime } from "./load-words.js";

/** How requests arrive, and how attempts end. */

const count = z.number().int().nonnegative();

const closedArrivalsSchema = z.object({
	kind: z.literal("closed"),
	/** Connections, each of which sends its next request when its last answer is complete. */
	clients: z.number().int().positive(),
});
export type ClosedArrivals = Immutable<z.infer<typeof closedArrivalsSchema>>;

/** Requests at planned times, whether earlier ones are answered or not. */
const openArrivalsSchema = z.object({
	kind: z.literal("open"),
	ratePerSecond: z.number().positive(),
	/** constant: evenly spaced; poisson: independent of each other, with exponential gaps. */
	arrivals: z.enum(["constant", "poisson"]),
	/** Of the Poisson arrivals; 32-bit, the same seed plans the same times. */
	seed: count,
	/** Due and not answered yet; one that would be beyond is not sent and counts as missed. */
	maxInFlight: z.number().int().positive(),
});
export type OpenArrivals = Immutable<z.infer<typeof openArrivalsSchema>>;

export const arrivalsSchema = z.discriminatedUnion("kind", [closedArrivalsSchema, openArrivalsSchema]);
export type Arrivals = Immutable<z.infer<typeof arrivalsSchema>>;

/** An answer that is not complete after this long is a time-out. */
const timeout = { timeoutMs: z.number().positive() };

const stretch = {
	durationMs: z.number().positive(),
	/** The shortest warm-up; it goes on until CPU per request is flat, at most warmupMaxMs. */
	warmupMs: z.number().nonnegative(),
	warmupMaxMs: z.number().nonnegative(),
	...timeout,
};
export const closedLoadSchema = closedArrivalsSchema.extend(stretch);
const openLoadSchema = openArrivalsSchema.extend(stretch);

/** Of a window. */
export const loadSchema = z.discriminatedUnion("kind", [closedLoadSchema, openLoadSchema]);
export type ClosedLoad = Immutable<z.infer<typeof closedLoadSchema>>;
export type OpenLoad = Immutable<z.infer<typeof openLoadSchema>>;
export type Load = Immutable<z.infer<typeof loadSchema>>;

/** Of slices: without a length or a warm-up of its own. */
export const slicedLoadSchema = z.discriminatedUnion("kind", [
	closedArrivalsSchema.extend(timeout),
	openArrivalsSchema.extend(timeout),
]);
export type SlicedLoad = Immutable<z.infer<typeof slicedLoadSchema>>;

/** Every attempt that has ended is in exactly one of ok, unexpectedStatus and errors. */
export const requestCountsSchema = z.object({
	attempted: count,
	/** Whole answers of an expected status. */
	ok: count,
	/** Whole answers of another status, by status. */
	unexpectedStatus: z.record(z.string(), count),
	errors: z.record(z.enum(errorKinds), count),
});
export type RequestCounts = Immutable<z.infer<typeof requestCountsSchema>>;
