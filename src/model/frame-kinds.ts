/** The kinds of frames, without the schema: the report's page uses them as well. */

/**
 * Whose code a frame is, in the order in which legends show it: what the reader can change first.
 * app: the target's own sources · dependency: a package under node_modules · node: Node's own JavaScript (node:…) ·
 * engine: V8 itself (compiler, builtins, regular expressions) · collector: its garbage collector · native: C and C++
 * outside V8, system calls, "(program)" · threads: no function, but what other threads than the sampled one used, as the
 * kernel counts it · profiler: az-prof's own code in the target · unknown: an address that no symbol was found for ·
 * process: no function either, but a kind of process or worker thread that the stack below it was seen in.
 */
export const frameKinds = [
	"app",
	"dependency",
	"node",
	"engine",
	"collector",
	"native",
	"threads",
	"profiler",
	"unknown",
	"process",
] as const;
export type FrameKind = (typeof frameKinds)[number];
