import { readText } from "./process-table.js";

/** What one thread used and waited for since it began. */
export interface ThreadTime {
	readonly cpuNs: number;
	/** Ready to run, without a core. */
	readonly waitNs: number;
}

/** Null where there is no such thread, or the kernel does not tell. */
export function schedstatOf(pid: number, tid: number): ThreadTime | null {
	// Time on a core, time waiting for one (both ns), number of time slices.
	const [cpu, wait] = readText(`/proc/${pid}/task/${tid}/schedstat`)?.split(" ") ?? [];
	return cpu === undefined || wait === undefined ? null : { cpuNs: Number(cpu), waitNs: Number(wait) };
}
