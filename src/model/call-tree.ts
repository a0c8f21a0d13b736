import * as z from "zod";
import { frameKinds } from "./frame-kinds.js";
import type { Immutable } from "./immutable.js";

export type { FrameKind } from "./frame-kinds.js";

/**
 * The one model of a profile. Every collector's output is turned into a CallTree; what draws, compares or attributes
 * knows nothing of where it came from.
 */

const count = z.number().int().nonnegative();
const ticks = z.number().nonnegative();

export const frameSchema = z.object({
	/** The function's name; "(anonymous)" where it has none. */
	name: z.string(),
	/** Absolute path, `node:…`, or null where there is no source. */
	file: z.string().nullable(),
	/** Where the function begins, counted from 1; null where unknown. */
	line: z.number().nullable(),
	column: z.number().nullable(),
	kind: z.enum(frameKinds),
	/** npm package name for kind "dependency", else null. */
	package: z.string().nullable(),
});
/** One function, as far as the profiler knows it. Two frames with equal fields are the same function. */
export type Frame = Immutable<z.infer<typeof frameSchema>>;

/**
 * What a profile counts. A tick is one sample of its profiler: of CPU time, or of allocated bytes (one for every
 * sampling interval's worth of bytes, whatever the sizes of the objects).
 */
export const profileMeasures = ["cpu", "allocation"] as const;
export type ProfileMeasure = (typeof profileMeasures)[number];

const callNodeSchema = z.object({
	/** Index into `frames`. */
	frame: count,
	/** Index into `nodes` of the caller; always smaller than the node's own index. -1 for the root. */
	parent: z.number().int().min(-1),
	/** Ticks that this very function was on top of the stack in; may be fractional where a tick was shared out. */
	selfTicks: ticks,
	/** Present where V8 had inlined the frame into its caller and it was put back. */
	putBack: z.literal(true).exactOptional(),
	/** Present where its ticks are no samples: a time that the kernel measured, in what a tick is worth. */
	measured: z.literal(true).exactOptional(),
});
/** One position in the call tree. */
export type CallNode = Immutable<z.infer<typeof callNodeSchema>>;

/**
 * A call tree over busy ticks: idle time is not in it. CPU time that no sample could see stands beside the sampled code, below the
 * root, as ticks of the same worth (`measured`). `nodes[0]` is the root, whose frame is "(root)" and whose
 * selfTicks is 0; parents stand before their children.
 */
export const callTreeSchema = z
	.object({ frames: z.array(frameSchema), nodes: z.array(callNodeSchema).min(1) })
	// Walks up the tree end only because callers stand before whom they call.
	.refine(({ nodes }) => nodes.every(({ parent }, index) => parent < index && (parent === -1) === (index === 0)), {
		path: ["nodes"],
		message: "a function is not called by one before it, so the calls may go in a circle",
	})
	.refine(({ frames, nodes }) => nodes.every(({ frame }) => frame < frames.length), {
		path: ["nodes"],
		message: "a frame is missing",
	});
export type CallTree = Immutable<z.infer<typeof callTreeSchema>>;

export const tickCountsSchema = z.object({
	/** Everything the profiler reported in the window, idle included. */
	total: ticks,
	/** Ticks with nothing to do; not CPU and not in the tree. */
	idle: ticks,
	/** Ticks in the tree: total − idle − lost − profiler, measured parts left aside. */
	busy: ticks,
	/** Ticks in az-prof's own code in the target and in what that calls; not in the tree, as a clean window has none. Absent: none. */
	profiler: ticks.exactOptional(),
	/** Of busy: in the garbage collector. */
	garbageCollector: ticks,
	/** Of busy: the leaf is an address or state without a function ("(program)", unknown code). */
	unknown: ticks,
	/** Ticks that were due and not taken, taken and dropped, or that could not be read. */
	lost: ticks,
	/** Of busy: on a place that more than one function could own; shared out among them, the caller included. */
	ambiguous: ticks,
	/** Of busy: moved from a caller to a function that V8 had inlined. */
	putBack: ticks,
});
/** What happened to the profiler's ticks in the measured window. */
export type TickCounts = Immutable<z.infer<typeof tickCountsSchema>>;
