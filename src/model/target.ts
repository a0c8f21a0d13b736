import * as z from "zod";
import type { Immutable } from "./immutable.js";

/** A process that we start; where there are several in a run, the last one that answered. */
const startedSchema = z.object({
	/** The command line without secrets. */
	argv: z.array(z.string()),
	/** Null until it answered. */
	origin: z.string().nullable(),
	/** Both null until it answered, and where it is not Node. */
	nodeVersion: z.string().nullable(),
	v8Version: z.string().nullable(),
	/** Null where it may run on every core. */
	pinnedCpus: z.string().nullable(),
	/** What the processes wrote, relative to the run folder. */
	logFiles: z.array(z.string()),
});

export const targetSchema = z.discriminatedUnion("kind", [
	startedSchema.extend({ kind: z.literal("gateway") }),
	startedSchema.extend({
		kind: z.literal("command"),
		cwd: z.string(),
		/** Null where it is not in a repository. */
		git: z.object({ commit: z.string(), dirty: z.boolean() }).nullable(),
	}),
	z.object({ kind: z.literal("url"), origin: z.string() }),
]);
export type Target = Immutable<z.infer<typeof targetSchema>>;
