import type { CallNode, CallTree, Frame } from "#src/model/call-tree.js";
import type { CpuPart, PoolShare, ThreadKind } from "#src/model/cpu-parts.js";
import { totalTicks } from "./call-tree.js";

/** What a tick is worth in a tree without one, so that nothing can be held against it. */
const NOMINAL_TICK_NS = 1_000;

const names: Readonly<Record<ThreadKind, string>> = {
	"main thread": "main thread",
	"other main threads": "other processes",
	"thread pool": "thread pool",
	"V8 helpers": "V8's helper threads",
	"worker threads": "worker threads",
	"other processes": "other processes",
	"other threads": "other threads",
};

/**
 * The tree with everything that a request costs: beside the sampled code, below the root, stands what the kernel measured of every
 * other kind of thread. A tick of the result is worth as much everywhere, so that sharing all CPU per request out by ticks
 * gives sampled code the part of the threads that were sampled, and every other part what was measured.
 * @param parts of the clean measurement
 * @param sampled whose threads the samples are of
 */
export function wholeTree(
	tree: CallTree,
	parts: readonly CpuPart[],
	sampled: readonly ThreadKind[],
	pool: readonly PoolShare[] = [],
): CallTree {
	const isSampled = ({ kind }: CpuPart): boolean => sampled.includes(kind);
	const sampledNs = parts.filter(isSampled).reduce((sum, { nsPerRequest }) => sum + nsPerRequest, 0);
	const ticks = totalTicks(tree);
	const nsPerTick = ticks === 0 || sampledNs === 0 ? NOMINAL_TICK_NS : sampledNs / ticks;
	const frames: Frame[] = [...tree.frames];
	const nodes: CallNode[] = [...tree.nodes];
	const add = (name: string, parent: number, ns: number): number => {
		frames.push({ name: `(${name})`, file: null, line: null, column: null, kind: "threads", package: null });
		return nodes.push({ frame: frames.length - 1, parent, selfTicks: ns / nsPerTick, measured: true }) - 1;
	};
	for (const part of parts) {
		const { kind, nsPerRequest } = part;
		if (isSampled(part) || nsPerRequest === 0) continue;
		const known = kind === "thread pool" ? pool : [];
		const rest = 1 - known.reduce((sum, { share }) => sum + share, 0);
		const at = add(names[kind], 0, Math.max(0, rest) * nsPerRequest);
		for (const { work, share } of known) add(`${names[kind]}: ${work}`, at, share * nsPerRequest);
	}
	return { frames, nodes };
}

/** Ticks that are samples. */
export const sampledTicks = ({ nodes }: CallTree): number =>
	nodes.reduce((sum, { selfTicks, measured }) => (measured ? sum : sum + selfTicks), 0);
