import * as z from "zod";
import { findingOfWindow } from "./finding-of.js";

/** How requests arrive: where clients wait for answers they do not see what an open loop sees. */
const loop = z.enum(["closed", "open"]);

export const loadFindings = [
	findingOfWindow("GENERATOR_BOUND", {
		/**
		 * core full: it used a whole one · no core: other processes had it · clients idle: they had no request under way · late: an
		 * open loop sent after its plan.
		 */
		cause: z.enum(["core full", "no core", "clients idle", "late"]),
		/** Of one core; the target's is null where it is unknown. */
		generatorUtilization: z.number(),
		targetUtilization: z.number().nullable(),
		/** Of the window. */
		generatorWaitShare: z.number(),
		/** Null for a closed loop. */
		pacingLagP99Ns: z.number().nullable(),
		p99Ns: z.number().nullable(),
		/** By Little's law; null where it says nothing. */
		clientsWaitingShare: z.number().nullable(),
		/** Null for an open loop. */
		clients: z.number().nullable(),
	}),
	findingOfWindow("CONNECTIONS_NOT_KEPT", {
		reconnects: z.number(),
		answers: z.number(),
		clientsWaitingShare: z.number().nullable(),
		loop,
	}),
	findingOfWindow("RATE_NOT_HELD", {
		plannedPerSecond: z.number(),
		achievedPerSecond: z.number(),
		planned: z.number(),
		missed: z.number(),
		waiting: z.number(),
		maxInFlight: z.number(),
	}),
	findingOfWindow("TARGET_SATURATED", {
		ratePerSecond: z.number(),
		limitedBy: z.enum(["CPU", "something else", "unknown"]),
		/** Null where its CPU is not visible. */
		targetUtilization: z.number().nullable(),
		answeredShare: z.number(),
		/** Of the last quarter of the window against the first; null in a short window. */
		latencyGrowth: z.number().nullable(),
	}),
	findingOfWindow("UNANSWERED_AT_END", { unanswered: z.number(), oldestNs: z.number(), loop }),
	findingOfWindow("STALL_UNDERSTATED", { maxNs: z.number(), p99Ns: z.number(), clients: z.number() }),
	findingOfWindow("COLD", {
		/** CPU a request: the cheapest of the early seconds, and the usual later one. */
		earlyNs: z.number(),
		laterNs: z.number(),
		earlySeconds: z.number(),
	}),
	findingOfWindow("GENERATOR_NEAR_CEILING", {
		requestsPerSecond: z.number(),
		ceilingPerSecond: z.number(),
		share: z.number(),
		targetUtilization: z.number().nullable(),
	}),
	findingOfWindow("LATENCY_NEAR_FLOOR", { p50Ns: z.number(), floorP50Ns: z.number() }),
] as const;
