import type { ThreadKind } from "#src/model/cpu-parts.js";

/** A thread as the kernel knows it. */
export interface KernelThread {
	readonly pid: number;
	readonly tid: number;
	/** /proc/<pid>/task/<tid>/comm; null for one that has ended. */
	readonly name: string | null;
	/** Clock ticks since the machine was started; null for one that has ended. */
	readonly startedAtTicks: number | null;
}

/** What a process of the target is known to have. */
export interface KnownProcess {
	readonly pid: number;
	/** The threads that there were before its first line, by id; empty where nobody was there to see. */
	readonly atStart: readonly number[];
	/** One of libuv's pool, where names do not tell. */
	readonly poolThread: number | null;
	/** How many threads libuv's pool has once it is used. */
	readonly poolSize: number;
	readonly workers: readonly number[];
}

/**
 * Node's names, from 22 on for libuv's and from 24 on for V8's ("node-V8Worker" from 26 on); the kernel cuts them to 15 characters. A worker
 * carries the name that its maker gave it, so it is known by its id before its name is looked at.
 */
const kindByName: Readonly<Record<string, ThreadKind>> = {
	"libuv-worker": "thread pool",
	V8Worker: "V8 helpers",
	"node-V8Worker": "V8 helpers",
	DelayedTaskSche: "V8 helpers",
	WorkerThread: "worker threads",
};

/** libuv makes all threads of its pool at once, and the clock that starts are told by has ticks of 10 ms. */
const MADE_TOGETHER_TICKS = 1;

/**
 * By "pid/tid". Node makes its threads in one order: the main thread, then V8's, before any code runs; libuv's pool all at once at
 * its first use, which is before the agent on Node 20; workers when they are made.
 */
export function threadKindsOf(
	threads: readonly KernelThread[],
	processes: readonly KnownProcess[],
	/** The process that the load goes to; null where it is not known. */
	mainPid: number | null,
): ReadonlyMap<string, ThreadKind> {
	const known = new Map(
		processes.map((process) => [process.pid, new KnownThreads(process, threads, process.pid === mainPid)]),
	);
	return new Map(
		threads.map((thread) => [threadKey(thread), known.get(thread.pid)?.kindOf(thread) ?? "other processes"]),
	);
}

export const threadKey = ({ pid, tid }: { readonly pid: number; readonly tid: number }): string => `${pid}/${tid}`;

class KnownThreads {
	readonly #pid: number;
	readonly #mainThread: ThreadKind;
	readonly #atStart: ReadonlySet<number>;
	readonly #workers: ReadonlySet<number>;
	readonly #pool: ReadonlySet<number>;

	constructor(process: KnownProcess, threads: readonly KernelThread[], isMain: boolean) {
		this.#pid = process.pid;
		this.#mainThread = isMain ? "main thread" : "other main threads";
		this.#atStart = new Set(process.atStart);
		this.#workers = new Set(process.workers);
		this.#pool = poolOf(
			process,
			threads.filter(({ pid }) => pid === process.pid),
		);
	}

	kindOf({ tid, name }: KernelThread): ThreadKind {
		if (tid === this.#pid) return this.#mainThread;
		if (this.#workers.has(tid)) return "worker threads";
		if (this.#pool.has(tid)) return "thread pool";
		return (name === null ? undefined : kindByName[name]) ?? (this.#atStart.has(tid) ? "V8 helpers" : "other threads");
	}
}

/** libuv's pool by one of its threads: the last ones before the first line, or those made together with it. */
function poolOf(
	{ atStart, poolThread, poolSize, workers }: KnownProcess,
	threads: readonly KernelThread[],
): ReadonlySet<number> {
	if (poolThread === null) return new Set();
	if (atStart.includes(poolThread)) return new Set(atStart.toSorted((a, b) => a - b).slice(-poolSize));
	const madeAt = threads.find(({ tid }) => tid === poolThread)?.startedAtTicks ?? null;
	const together = threads.filter(
		({ tid, startedAtTicks }) =>
			!atStart.includes(tid) &&
			!workers.includes(tid) &&
			madeAt !== null &&
			startedAtTicks !== null &&
			Math.abs(startedAtTicks - madeAt) <= MADE_TOGETHER_TICKS,
	);
	return new Set([poolThread, ...together.map(({ tid }) => tid)]);
}
