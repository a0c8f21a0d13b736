import * as z from "zod";
import { profileMeasures, tickCountsSchema } from "./call-tree.js";
import type { Immutable } from "./immutable.js";
import { profileNoteSchema } from "./profile-note.js";
import { readingsSchema } from "./readings.js";

export const profileSchema = z.object({
	/** Unique in the run: "v8", "0x", "base v8". */
	id: z.string(),
	/** Which variant of the target, where there are several; else null. */
	variant: z.string().nullable(),
	/** "v8", "0x", "heap", "clinic-doctor" */
	collector: z.string(),
	/** Whether its tree is of CPU time or of allocated bytes. */
	measures: z.enum(profileMeasures),
	/** The window during which it was taken; not among `measurements` where the tool had a load of its own. */
	measurementId: z.string(),
	/** The clean measurement of the same endpoint, by whose CPU (or bytes) per request the tree is scaled; null where there is none. */
	cleanMeasurementId: z.string().nullable(),
	/** Null for a tool that leaves no call tree. */
	ticks: tickCountsSchema.nullable(),
	/** The call tree (callTreeSchema), a file of the run folder; null for a tool that leaves none. */
	treeFile: z.string().nullable(),
	/** What a tool measures besides a tree; absent for one that measures nothing else. */
	readings: readingsSchema.exactOptional(),
	/** What the profiler itself left behind, relative to the run folder. */
	files: z.array(z.object({ title: z.string(), path: z.string() })),
	/** How it was done. */
	notes: z.array(profileNoteSchema),
});
export type ProfileRecord = Immutable<z.infer<typeof profileSchema>>;

/** How far two profiles of the same target say the same. */
export const agreementSchema = z.object({
	/** Ids of the profiles. */
	collectors: z.tuple([z.string(), z.string()]),
	/** Sum over functions of the smaller of the two shares of self time, 0…1 (1 − total variation distance). */
	selfOverlap: z.number().min(0).max(1),
	/** The same with frames grouped by package or kind of code. */
	packageOverlap: z.number().min(0).max(1),
});
export type Agreement = Immutable<z.infer<typeof agreementSchema>>;
