import { readText } from "#src/process/process-table.js";

/** Memory that a process has in RAM; null where it cannot be known. */
export const residentBytes = (pid: number | null): number | null =>
	pid === null ? null : bytesIn(`/proc/${pid}/status`, "VmRSS");

/** Memory that processes may still take without swapping; null where it cannot be known. */
export const availableBytes = (): number | null => bytesIn("/proc/meminfo", "MemAvailable");

function bytesIn(file: string, field: string): number | null {
	const kibibytes = new RegExp(`^${field}:\\s*(\\d+) kB`, "m").exec(readText(file) ?? "")?.[1];
	return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}
