import type { ThreadCounters } from "#src/analyse/threads/cpu-parts.js";
import { threadKey } from "#src/analyse/threads/thread-kind.js";
import type { ThreadKind } from "#src/model/cpu-parts.js";
import { numericEntries, processTree, readText } from "#src/process/process-table.js";
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
	/** How many processes are counted. */
	readonly processes: number;
	read(): Promise<CpuReading>;
	/** Costs no reading; null where the source does not tell threads apart. */
	threads(): ThreadSnapshot | null;
	/** Whose those threads are, by the same keys. Asks the target: outside of windows and slices only. */
	threadKinds(): Promise<ReadonlyMap<string, ThreadKind>>;
}

/**
 * Reads the CPU time of the target: of every thread of the listening process and the processes below it from
 * /proc/<pid>/task/<tid>/schedstat, elsewhere process.cpuUsage() through the agent. Null where there is neither.
 */
export function cpuReaderOf(target: RunningTarget): CpuReader | null {
	if (target.pid !== null && readText(`/proc/${target.pid}/schedstat`) !== undefined) {
		return new SchedstatReader(target, processTree(target.pid));
	}
	return target.agent === null ? null : agentReader(target.agent);
}

/** The CPU time of a fixed set of processes on Linux. A thread that ends keeps what it had at the last reading. */
class SchedstatReader implements CpuReader {
	readonly source = "schedstat";
	readonly #target: RunningTarget;
	readonly #pids: readonly number[];
	/** Last seen counters of every thread. */
	readonly #last = new Map<string, ThreadCounters>();
	#cpuNs = 0;
	#waitNs = 0;

	constructor(target: RunningTarget, pids: readonly number[]) {
		this.#target = target;
		this.#pids = pids;
		this.#advance();
		this.#cpuNs = 0;
		this.#waitNs = 0;
	}

	get processes(): number {
		return this.#pids.length;
	}

	async read(): Promise<CpuReading> {
		this.#advance();
		return { cpuNs: this.#cpuNs, runQueueWaitNs: this.#waitNs };
	}

	threads(): ThreadSnapshot {
		return new Map(this.#last);
	}

	threadKinds(): Promise<ReadonlyMap<string, ThreadKind>> {
		return kindsOfThreads(this.#target, [...this.#last.values()]);
	}

	#advance(): void {
		for (const pid of this.#pids) {
			for (const tid of numericEntries(`/proc/${pid}/task`)) {
				const now = schedstatOf(pid, tid);
				if (now === null) continue;
				const key = threadKey(now);
				const before = this.#last.get(key);
				this.#cpuNs += now.cpuNs - (before?.cpuNs ?? 0);
				this.#waitNs += now.waitNs - (before?.waitNs ?? 0);
				this.#last.set(key, now);
			}
		}
	}
}

function schedstatOf(pid: number, tid: number): ThreadCounters | null {
	// Time on a core, time waiting for one (both ns), number of time slices.
	const [cpu, wait] = readText(`/proc/${pid}/task/${tid}/schedstat`)?.split(" ") ?? [];
	return cpu === undefined || wait === undefined ? null : { pid, tid, cpuNs: Number(cpu), waitNs: Number(wait) };
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
