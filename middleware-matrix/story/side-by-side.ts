import { readText } from "#src/process/process-table.js";

const MOST_ALIVE = 32;
/** What a comparison needs at least; with less memory the system will have to swap. */
const FEWEST_ALIVE = 3;
/** Of what is available now. */
const MEMORY_SHARE = 0.7;
const UNKNOWN_SEMI_SPACE_MIB = 16;

/**
 * How many processes may live side by side, by the memory that is available.
 * @param residentBytes of one of them after its start; null where unknown
 */
export function mostAlive(residentBytes: number | null, semiSpaceMiB: number | null): number {
	const available = bytesIn("/proc/meminfo", "MemAvailable");
	if (residentBytes === null || available === null) return MOST_ALIVE;
	// The young generation has up to three semi-spaces, and they fill under load.
	const eachBytes = residentBytes + 3 * (semiSpaceMiB ?? UNKNOWN_SEMI_SPACE_MIB) * 2 ** 20;
	return Math.max(FEWEST_ALIVE, Math.min(MOST_ALIVE, Math.floor((available * MEMORY_SHARE) / eachBytes)));
}

/** Resident memory of a process; null where /proc does not tell. */
export const residentBytesOf = (pid: number | null): number | null =>
	pid === null ? null : bytesIn(`/proc/${pid}/status`, "VmRSS");

function bytesIn(file: string, field: string): number | null {
	const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readText(file) ?? "")?.[1];
	return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}
