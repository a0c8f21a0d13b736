import * as z from "zod";
import type { Immutable } from "./immutable.js";

/** How a profile was taken: what a reader has to know beside it. */

const remark = <Kind extends string>(kind: Kind) => z.object({ kind: z.literal(kind) });

export const profileNoteSchema = z.discriminatedUnion("kind", [
	/** V8's sampler. */
	z.object({ kind: z.literal("CPU sampler"), intervalUs: z.number(), windowUs: z.number() }),
	/** Taken in several, and joined. */
	z.object({ kind: z.literal("isolates"), isolates: z.number() }),
	z.object({ kind: z.literal("samples"), taken: z.number(), due: z.number(), idle: z.number() }),
	remark("inlined charged to callers"),
	z.object({ kind: z.literal("inlined put back"), ticks: z.number(), ambiguousTicks: z.number() }),
	z.object({ kind: z.literal("reference run"), flags: z.array(z.string()) }),
	/** V8's sampling heap profiler. */
	z.object({ kind: z.literal("allocation sampler"), intervalBytes: z.number(), samples: z.number() }),
	remark("taken without inlining"),
	/** 0x. */
	z.object({ kind: z.literal("V8 log"), intervalUs: z.number(), ticks: z.number(), nominalTicks: z.number() }),
	remark("0x draws the whole life"),
	z.object({
		kind: z.literal("V8's own ticks"),
		busy: z.number(),
		garbageCollector: z.number(),
		compiling: z.number(),
	}),
	z.object({ kind: z.literal("machinery"), ticks: z.number() }),
	z.object({ kind: z.literal("unknown tops"), to0x: z.number(), still: z.number() }),
	remark("0x without optimised sources"),
	/** `unnamed`: of inlined functions that the log does not name. */
	z.object({ kind: z.literal("inlined by the log"), ticks: z.number(), unnamed: z.number() }),
	/** clinic. */
	z.object({ kind: z.literal("load of its own"), clients: z.number(), durationMs: z.number() }),
	remark("target ended by signal"),
	remark("clinic bubbleprof"),
	z.object({ kind: z.literal("clinic doctor"), samples: z.number(), intervalMs: z.number() }),
	remark("clinic flame without time"),
	remark("clinic flame drops samples"),
	remark("clinic flame without optimised sources"),
	remark("clinic heapprofiler shows what stays"),
	/** Any profile. */
	z.object({ kind: z.literal("source maps"), functions: z.number(), scripts: z.number() }),
]);
export type ProfileNote = Immutable<z.infer<typeof profileNoteSchema>>;
