import * as z from "zod";
import type { Immutable } from "./immutable.js";

const nanoseconds = z.number().nonnegative();

/** The generator against a server that does nothing: what it can do at most on this machine, and the least it can read. */
export const clientCeilingSchema = z.object({
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
export type ClientCeiling = Immutable<z.infer<typeof clientCeilingSchema>>;
