import type { ThreadCounters } from "#src/analyse/threads/cpu-parts.js";
import { hasPart } from "#src/analyse/threads/part-in-work.js";
import { threadKey } from "#src/analyse/threads/thread-kind.js";
import type { ThreadKind } from "#src/model/cpu-parts.js";
import { livingTree } from "#src/process/child.js";
import { childrenOf, numericEntries, processTree, readText } from "#src/process/process-table.js";
import { schedstatOf } from "#src/process/thread-time.js";
import type { AgentConnection, RunningTarget } from "#src/target/target.js";
import { kindsOfThreads } from "./kinds-of-threads.js";

/** Counters since the reader was made. */
export interface CpuReading {
	readonly cpuNs: number;
	/** Time that threads were ready to run but had no core; null where the source does not tell. */
	readonly runQueueWaitNs: number | null;
}

/** Counters of every thread since it was started, as of the last reading, by "pid/tid". */
export type ThreadSnapshot = ReadonlyMap<string, ThreadCounters>;

export interface CpuReader {
	readonly source: "schedstat" | "cpuUsage";
	/** How many processes have used any CPU time to speak of by now; before the first reading how many there are. */
	readonly processes: number;
	read(): Promise<CpuReading>;
	/** Costs no reading; null where the source does not tell threads apart. */
	threads(): ThreadSnapshot | null;
	/** Whose those threads are, by the same keys. Asks the target: outside of windows and slices only. */
	threadKinds(): Promise<ReadonlyMap<string, ThreadKind>>;
}

/**
 * Reads the CPU time of the target: of every thread of whatever its command has started (of a server at a URL: of the process that
 * listens and those below it) from /proc/<pid>/task/<tid>/schedstat, elsewhere process.cpuUsage() through the agent. Null where there is
 * neither.
 */
export function cpuReaderOf(target: RunningTarget): CpuReader | null {
	if (target.pid !== null && readText(`/proc/${target.pid}/schedstat`) !== undefined) {
		const started = target.startedPid === null ? [] : livingTree(target.startedPid);
		return new SchedstatReader(target, [...new Set([...started, ...processTree(target.pid)])]);
	}
	return target.agent === null ? null : agentReader(target.agent);
}

/** How often is looked for processes that were started since: a look costs as much as several readings. */
const LOOK_MS = 500;

/**
 * The CPU time of processes and of what they start, on Linux. A thread that ends keeps what it had at the last reading; a process that
 * starts and ends between two looks is not seen.
 */
class SchedstatReader implements CpuReader {
	readonly source = "schedstat";
	readonly #target: RunningTarget;
	readonly #pids: Set<number>;
	readonly #usedNs = new Map<number, number>();
	/** Last seen counters of every thread. */
	readonly #last = new Map<string, ThreadCounters>();
	#cpuNs = 0;
	#waitNs = 0;
	#lookedAtMs = performance.now();

	constructor(target: RunningTarget, pids: readonly number[]) {
		this.#target = target;
		this.#pids = new Set(pids);
		this.#advance();
		this.#cpuNs = 0;
		this.#waitNs = 0;
		this.#usedNs.clear();
	}

	get processes(): number {
		if (this.#usedNs.size === 0) return this.#pids.size;
		const used = [...this.#usedNs.values()].filter((cpuNs) => cpuNs > 0 && hasPart(cpuNs, this.#cpuNs));
		return Math.max(1, used.length);
	}

	async read(): Promise<CpuReading> {
		this.#look();
		this.#advance();
		return { cpuNs: this.#cpuNs, runQueueWaitNs: this.#waitNs };
	}

	threads(): ThreadSnapshot {
		return new Map(this.#last);
	}

	threadKinds(): Promise<ReadonlyMap<string, ThreadKind>> {
		return kindsOfThreads(this.#target, [...this.#last.values()]);
	}

	#look(): void {
		if (performance.now() - this.#lookedAtMs < LOOK_MS) return;
		this.#lookedAtMs = performance.now();
		// One that joins the set while it is gone through is visited as well.
		for (const pid of this.#pids) for (const child of childrenOf(pid)) this.#pids.add(child);
	}

	#advance(): void {
		for (const pid of this.#pids) {
			for (const tid of numericEntries(`/proc/${pid}/task`)) {
				const time = schedstatOf(pid, tid);
				if (time === null) continue;
				const now = { pid, tid, ...time };
				const key = threadKey(now);
				const before = this.#last.get(key);
				const cpuNs = now.cpuNs - (before?.cpuNs ?? 0);
				this.#cpuNs += cpuNs;
				this.#usedNs.set(pid, (this.#usedNs.get(pid) ?? 0) + cpuNs);
				this.#waitNs += now.waitNs - (before?.waitNs ?? 0);
				this.#last.set(key, now);
			}
		}
	}
}

/** Reads process.cpuUsage() of the target through its agent: what there is where /proc is missing. */
export function agentReader(agent: AgentConnection): CpuReader {
	return {
		source: "cpuUsage",
		processes: 1,
		async read() {
			const usage = (await agent.call("cpuUsage")) as NodeJS.CpuUsage;
			return { cpuNs: (usage.user + usage.system) * 1e3, runQueueWaitNs: null };
		},
		threads: () => null,
		threadKinds: async () => new Map(),
	};
}
