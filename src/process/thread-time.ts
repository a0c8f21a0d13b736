import { readText } from "./process-table.js";

/** CPU time of one thread since it began; null where there is no such thread, or the kernel does not tell. */
export function threadCpuNs(pid: number, tid: number | null): number | null {
	const cpu = tid === null ? undefined : readText(`/proc/${pid}/task/${tid}/schedstat`)?.split(" ")[0];
	return cpu === undefined ? null : Number(cpu);
}
