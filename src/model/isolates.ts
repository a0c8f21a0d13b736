import * as z from "zod";
import type { Immutable } from "./immutable.js";

/**
 * What an instance of V8 with a heap and an event loop of its own is: the main thread of a process (of a cluster's primary, of one of its
 * workers, of any other), or a worker thread.
 */
const isolateKinds = ["process", "primary", "cluster worker", "worker thread"] as const;
export type IsolateKind = (typeof isolateKinds)[number];

const count = z.number().int().nonnegative();

/** Isolates of one kind that run the same file. */
const isolateGroupSchema = z.object({
	kind: z.enum(isolateKinds),
	/** The name of the file that they run, without its folder; empty where they run none. */
	script: z.string(),
	isolates: count,
	/** Of them: those that listen where the load goes, and took part in answering it. */
	answering: count,
	/** Of them: those that ended within the window. */
	ended: count,
	/** CPU time of their threads in the window; null where it is not known. */
	cpuNs: z.number().nonnegative().nullable(),
});
export type IsolateGroup = Immutable<z.infer<typeof isolateGroupSchema>>;

/** Those that used CPU time or answer. */
export const isolatesSchema = z.array(isolateGroupSchema);
