import type { PoolShare } from "#src/model/cpu-parts.js";

/** What trace events tell of libuv's pool in a stretch of time. */
export interface TracedPool {
	/** CPU time by Node's name of the work. */
	readonly cpuNs: Readonly<Record<string, number>>;
	/** Begun operations of which the thread's time is not traced. */
	readonly operations: { readonly fs: number; readonly dns: number };
}

/** A smaller share is not worth a frame. */
const LEAST_SHARE = 0.005;

/**
 * Shares of what the pool's threads used, the largest first. What is not traced belongs to the operations that are only counted, if
 * they are of one kind: of file system and DNS together nobody knows which. Where there are none, it was waking and tasks
 * that the ends of the trace have cut, and goes to all alike.
 * @param poolNs what all threads of the pool used meanwhile, as the kernel counts it
 */
export function poolShares({ cpuNs, operations }: TracedPool, poolNs: number): PoolShare[] {
	const byWork = new Map<string, number>();
	for (const [name, ns] of Object.entries(cpuNs)) byWork.set(workOf(name), (byWork.get(workOf(name)) ?? 0) + ns);
	const tracedNs = [...byWork.values()].reduce((sum, ns) => sum + ns, 0);
	const counted = [...(operations.fs > 0 ? ["fs"] : []), ...(operations.dns > 0 ? ["dns"] : [])].join(" and ");
	const allNs = counted === "" ? tracedNs : Math.max(poolNs, tracedNs);
	if (allNs === 0) return [];
	if (counted !== "") byWork.set(counted, (byWork.get(counted) ?? 0) + allNs - tracedNs);
	return [...byWork]
		.map(([work, ns]) => ({ work, share: ns / allNs }))
		.filter(({ share }) => share >= LEAST_SHARE)
		.sort((a, b) => b.share - a.share);
}

/** "fs.readfile" is the file system; anything else is called as Node, or an addon, calls it. */
const workOf = (name: string): string => (name.startsWith("fs.") ? "fs" : name);
