import { type CpuPart, type ThreadKind, threadKinds } from "#src/model/cpu-parts.js";

/** What one kind of thread used in a stretch of time. */
export type KindUse = Omit<CpuPart, "nsPerRequest">;

/** Counters of one thread, since it was started or since somebody began to look. */
export interface ThreadCounters {
	readonly pid: number;
	readonly tid: number;
	readonly cpuNs: number;
	readonly waitNs: number;
}

/** What the threads used in between, by kind; a thread that was not there before began at 0. */
export function usesBetween(
	before: ReadonlyMap<string, ThreadCounters>,
	after: ReadonlyMap<string, ThreadCounters>,
	kinds: ReadonlyMap<string, ThreadKind>,
): KindUse[] {
	const uses = new Map<ThreadKind, { cpuNs: number; runQueueWaitNs: number; threads: number }>();
	for (const [key, { cpuNs, waitNs }] of after) {
		const from = before.get(key);
		const used = Math.max(0, cpuNs - (from?.cpuNs ?? 0));
		if (used === 0) continue;
		const kind = kinds.get(key) ?? "other threads";
		const use = uses.get(kind) ?? { cpuNs: 0, runQueueWaitNs: 0, threads: 0 };
		use.cpuNs += used;
		use.runQueueWaitNs += Math.max(0, waitNs - (from?.waitNs ?? 0));
		use.threads += 1;
		uses.set(kind, use);
	}
	return inOrder(uses);
}

/** Of several stretches together: times add up, of threads the most there were. */
export function addUses(stretches: readonly (readonly KindUse[])[]): KindUse[] {
	const sums = new Map<ThreadKind, { cpuNs: number; runQueueWaitNs: number; threads: number }>();
	for (const { kind, cpuNs, runQueueWaitNs, threads } of stretches.flat()) {
		const sum = sums.get(kind) ?? { cpuNs: 0, runQueueWaitNs: 0, threads: 0 };
		sum.cpuNs += cpuNs;
		sum.runQueueWaitNs += runQueueWaitNs;
		sum.threads = Math.max(sum.threads, threads);
		sums.set(kind, sum);
	}
	return inOrder(sums);
}

/** The CPU per request, split as the threads used it. */
export function cpuPartsOf(uses: readonly KindUse[], nsPerRequest: number): CpuPart[] {
	const allNs = uses.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
	return uses.map((use) => ({ ...use, nsPerRequest: allNs === 0 ? 0 : (use.cpuNs / allNs) * nsPerRequest }));
}

const inOrder = (uses: ReadonlyMap<ThreadKind, Omit<KindUse, "kind">>): KindUse[] =>
	threadKinds.flatMap((kind) => {
		const use = uses.get(kind);
		return use === undefined ? [] : [{ kind, ...use }];
	});
