import * as z from "zod";
import type { Immutable } from "./immutable.js";
import { seriesNames } from "./load-words.js";

const nanoseconds = z.number().nonnegative();

const percentileSchema = z.object({
	/** 0.5, 0.9, 0.95, 0.99, 0.999 */
	quantile: z.number().min(0).max(1),
	valueNs: nanoseconds,
	/** 95 % confidence interval; null where there are too few samples for one. */
	lowNs: nanoseconds.nullable(),
	highNs: nanoseconds.nullable(),
});

export const latencySchema = z.object({
	percentiles: z.array(percentileSchema),
	/** Both null where there was no sample. */
	maxNs: nanoseconds.nullable(),
	meanNs: nanoseconds.nullable(),
	/** V2 HDR histogram, compressed, base64, values in nanoseconds. */
	histogramV2: z.string(),
});
export type Latency = Immutable<z.infer<typeof latencySchema>>;

/** A kind of latency besides the service time. */
export const seriesSchema = latencySchema.extend({
	name: z.enum(seriesNames),
	count: z.number().int().nonnegative(),
});
export type Series = Immutable<z.infer<typeof seriesSchema>>;

/** The share of answers and time-outs (of all that were due, in an open loop) that took no longer than a bound. */
export const shareWithinSchema = z.object({
	boundNs: z.number().positive(),
	share: z.number().min(0).max(1),
	/** 95 % interval; null where there are too few samples for one. */
	low: z.number().nullable(),
	high: z.number().nullable(),
	samples: z.number().int().nonnegative(),
});
export type ShareWithin = Immutable<z.infer<typeof shareWithinSchema>>;
