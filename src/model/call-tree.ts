/**
 * The one model of a profile. Every collector's output is turned into a CallTree; what draws, compares or attributes
 * knows nothing of where it came from.
 */

/**
 * Whose code a frame is:
 * app: the target's own sources · dependency: a package under node_modules · node: Node's own JavaScript (node:…) ·
 * engine: V8 itself (garbage collector, compiler, builtins, regular expressions) · native: C and C++ outside V8, system
 * calls, "(program)" · unknown: an address that no symbol was found for.
 */
export type FrameKind = "app" | "dependency" | "node" | "engine" | "native" | "unknown";

/** One function, as far as the profiler knows it. Two frames with equal fields are the same function. */
export interface Frame {
	/** The function's name; "(anonymous)" where it has none. */
	readonly name: string;
	/** Absolute path, `node:…`, or null where there is no source. */
	readonly file: string | null;
	/** Where the function begins, counted from 1; null where unknown. */
	readonly line: number | null;
	readonly column: number | null;
	readonly kind: FrameKind;
	/** npm package name for kind "dependency", else null. */
	readonly package: string | null;
}

/**
 * What a profile counts. A tick is one sample of its profiler: of CPU time, or of allocated bytes (one for every
 * sampling interval's worth of bytes, whatever the sizes of the objects).
 */
export type ProfileMeasure = "cpu" | "allocation";

/** One position in the call tree. */
export interface CallNode {
	/** Index into `frames`. */
	readonly frame: number;
	/** Index into `nodes` of the caller; always smaller than the node's own index. -1 for the root. */
	readonly parent: number;
	/** Ticks that this very function was on top of the stack in; may be fractional where a tick was shared out. */
	readonly selfTicks: number;
	/** True where V8 had inlined the frame into its caller and it was put back. */
	readonly putBack?: true;
}

/**
 * A call tree over busy ticks: idle time is not in it. `nodes[0]` is the root, whose frame is "(root)" and whose
 * selfTicks is 0; parents stand before their children.
 */
export interface CallTree {
	readonly frames: readonly Frame[];
	readonly nodes: readonly CallNode[];
}

/** What happened to the profiler's ticks. All counts are of ticks in the measured window. */
export interface TickCounts {
	/** Everything the profiler reported in the window, idle included. */
	readonly total: number;
	/** Ticks with nothing to do; not CPU and not in the tree. */
	readonly idle: number;
	/** Ticks in the tree: total − idle − lost. */
	readonly busy: number;
	/** Of busy: in the garbage collector. */
	readonly garbageCollector: number;
	/** Of busy: the leaf is an address or state without a function ("(program)", unknown code). */
	readonly unknown: number;
	/** Ticks that were due and not taken, taken and dropped, or that could not be read. */
	readonly lost: number;
	/** Of busy: on a place that more than one function could own; shared out among them, the caller included. */
	readonly ambiguous: number;
	/** Of busy: moved from a caller to a function that V8 had inlined. */
	readonly putBack: number;
}
