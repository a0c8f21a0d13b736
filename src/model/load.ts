import { z } from "zod";

/** What `load` finds beyond its measurements. */

const nanoseconds = z.number().nonnegative();

/** The generator against a server that does nothing: what it can do at most on this machine, and the least it can read. */
const clientCeilingSchema = z.object({
	clients: z.number().int().positive(),
	requestsPerSecond: z.number().positive(),
	/** Of the null responder's answers to one client at a time: no latency on this machine reads less. */
	floorP50Ns: nanoseconds,
	floorP99Ns: nanoseconds,
	cpuNsPerRequest: nanoseconds,
	measuredAt: z.string(),
	/** Whether it was measured in an earlier run on this machine. */
	fromCache: z.boolean(),
});
export type ClientCeiling = z.infer<typeof clientCeilingSchema>;

const sloSchema = z.object({
	/** 0.5, 0.9, 0.95, 0.99 or 0.999 */
	quantile: z.number().min(0).max(1),
	/** The response time at that quantile must stay below it. */
	maxNs: z.number().positive(),
});
export type Slo = z.infer<typeof sloSchema>;

const limitStepSchema = z.object({
	/** Of the window, which is among the run's measurements. */
	measurementId: z.string(),
	ratePerSecond: z.number().positive(),
	answeredPerSecond: z.number().nonnegative(),
	/** Response time at the SLO's quantile; null where nothing was answered. */
	latency: z.object({ valueNs: nanoseconds, lowNs: nanoseconds.nullable(), highNs: nanoseconds.nullable() }).nullable(),
	/** The share of answers within the bound, with its 95 % interval; null where nothing was answered. */
	within: z
		.object({ share: z.number(), low: z.number().nullable(), high: z.number().nullable(), samples: z.number() })
		.nullable(),
	/**
	 * held: the rate was kept and the interval of the share within the bound lies above the quantile; not held: the rate was
	 * not kept, or the interval lies below it.
	 */
	verdict: z.enum(["held", "not held", "cannot tell"]),
	/** A window of the full duration that confirms what the search found. */
	confirms: z.boolean(),
});
export type LimitStep = z.infer<typeof limitStepSchema>;

const rateLimitSchema = z.object({
	endpoint: z.string(),
	slo: sloSchema,
	steps: z.array(limitStepSchema),
	/** The highest rate that was confirmed; null where none was. */
	ratePerSecond: z.number().positive().nullable(),
	/** The lowest rate above it at which the SLO was not held; null where none was tried. */
	failsAtPerSecond: z.number().positive().nullable(),
});
export type RateLimit = z.infer<typeof rateLimitSchema>;

export const loadFoundSchema = z.object({
	client: clientCeilingSchema.nullable(),
	limits: z.array(rateLimitSchema),
});
