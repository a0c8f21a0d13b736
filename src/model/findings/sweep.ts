import * as z from "zod";
import { findingOfRun, findingOfWindow } from "./finding-of.js";

/** What more clients bring on an endpoint. */
const scalingSchema = z.object({
	endpoint: z.string(),
	fewClients: z.number(),
	manyClients: z.number(),
	/** How many times as much, with its interval; null where windows are too short. */
	throughput: z.object({ times: z.number(), low: z.number(), high: z.number() }).nullable(),
	/** Of a core, with many clients; null where it is unknown. */
	targetUtilization: z.number().nullable(),
	fewCpuNsPerRequest: z.number().nullable(),
	manyCpuNsPerRequest: z.number().nullable(),
});
export type Scaling = z.infer<typeof scalingSchema>;
/** All of which the same is true. */
const scaling = { endpoints: z.array(scalingSchema).min(1) };

/** What happens to an endpoint under many clients that should not. */
const degradationSchema = z.discriminatedUnion("kind", [
	z.object({ kind: z.literal("failures"), share: z.number() }),
	/** Throughput, as a share of what it is with few clients. */
	z.object({ kind: z.literal("collapse"), share: z.number() }),
	/** p99 by the median, with few and with many. */
	z.object({ kind: z.literal("tail"), fewTimes: z.number(), manyTimes: z.number() }),
	/** Some clients wait while others are answered. */
	z.object({ kind: z.literal("starvation"), longestNs: z.number() }),
]);
export type Degradation = z.infer<typeof degradationSchema>;

const endpointTails = {
	/** The one with the longest: its p99 by its median. */
	endpoint: z.string(),
	times: z.number(),
	all: z.array(z.object({ endpoint: z.string(), times: z.number() })),
};

export const sweepFindings = [
	findingOfRun("CAPPED_BY_CPU", scaling),
	findingOfRun("CAPPED_BY_CPU_ALREADY", scaling),
	findingOfRun("CAPPED_BY_CONCURRENCY", scaling),
	findingOfRun("CAPPED_BY_CLIENT", scaling),
	findingOfRun("CAPPED_BY_WAITING", scaling),
	findingOfRun("SCALING_UNCLEAR", scaling),
	findingOfRun("GRACEFUL", { endpoints: z.array(z.string()).min(1), clients: z.number() }),
	findingOfWindow("NOT_GRACEFUL", {
		endpoint: z.string(),
		clients: z.number(),
		faults: z.array(degradationSchema).min(1),
	}),
	findingOfRun("RELATIVE_COST", {
		cheapest: z.object({ endpoint: z.string(), cpuNsPerRequest: z.number() }),
		dearer: z
			.array(
				z.object({
					endpoint: z.string(),
					cpuNsPerRequest: z.number(),
					times: z.number(),
					/** Of `times`; null where one of the two has no interval. */
					interval: z.object({ low: z.number(), high: z.number() }).nullable(),
				}),
			)
			.min(1),
	}),
	findingOfWindow("LONG_TAIL", endpointTails),
	findingOfWindow("TAIL_CONTROLLED", endpointTails),
] as const;
