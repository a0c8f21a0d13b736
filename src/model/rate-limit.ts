import * as z from "zod";
import type { Immutable } from "./immutable.js";
import { shareWithinSchema } from "./latency.js";

/** The highest rate at which a percentile of the response time stays below a bound, and the way to it. */

const nanoseconds = z.number().nonnegative();

const sloSchema = z.object({
	/** 0.5, 0.9, 0.95, 0.99 or 0.999 */
	quantile: z.number().min(0).max(1),
	/** The response time at that quantile must stay below it. */
	maxNs: z.number().positive(),
});
export type Slo = Immutable<z.infer<typeof sloSchema>>;

const limitStepSchema = z.object({
	/** Of the window, which is among the run's measurements. */
	measurementId: z.string(),
	ratePerSecond: z.number().positive(),
	answeredPerSecond: z.number().nonnegative(),
	/** Response time at the SLO's quantile; null where nothing was answered. */
	latency: z.object({ valueNs: nanoseconds, lowNs: nanoseconds.nullable(), highNs: nanoseconds.nullable() }).nullable(),
	/** The share of answers within the bound, with its 95 % interval; null where nothing was answered. */
	within: shareWithinSchema.nullable(),
	/**
	 * held: the rate was kept and the interval of the share within the bound lies above the quantile; not held: the rate was
	 * not kept, or the interval lies below it.
	 */
	verdict: z.enum(["held", "not held", "cannot tell"]),
	/** A window of the full duration that confirms what the search found. */
	confirms: z.boolean(),
});
export type LimitStep = Immutable<z.infer<typeof limitStepSchema>>;

export const rateLimitSchema = z.object({
	endpoint: z.string(),
	slo: sloSchema,
	steps: z.array(limitStepSchema),
	/** The highest rate that was confirmed; null where none was. */
	ratePerSecond: z.number().positive().nullable(),
	/** The lowest rate above it at which the SLO was not held; null where none was tried. */
	failsAtPerSecond: z.number().positive().nullable(),
});
export type RateLimit = Immutable<z.infer<typeof rateLimitSchema>>;
