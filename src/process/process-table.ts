import { readdirSync, readFileSync } from "node:fs";

/** What /proc tells of other processes. Where there is no /proc, every answer is empty. */
export interface ProcessEntry {
	readonly pid: number;
	readonly parentPid: number;
	readonly groupId: number;
	/** As in ps: R, S, D, T, Z … */
	readonly state: string;
}

export function processTable(): ProcessEntry[] {
	return numericEntries("/proc").flatMap((pid) => {
		const stat = readText(`/proc/${pid}/stat`);
		// The name in parentheses may hold anything; the fields begin after the last ")".
		const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
		if (fields?.[0] === undefined) return [];
		return [{ pid, state: fields[0], parentPid: Number(fields[1]), groupId: Number(fields[2]) }];
	});
}

/** The process and everything below it, parents first. */
export function processTree(root: number, table: readonly ProcessEntry[] = processTable()): number[] {
	const pids = [root];
	for (const pid of pids) {
		pids.push(...table.filter((entry) => entry.parentPid === pid).map((entry) => entry.pid));
	}
	return pids;
}

/** Processes whose environment, as it was when they started, holds `name=value`. */
export function processesWithEnvironment(name: string, value: string): number[] {
	const entry = `${name}=${value}`;
	return numericEntries("/proc").filter(
		(pid) => readText(`/proc/${pid}/environ`)?.split("\0").includes(entry) === true,
	);
}

/** The entries of a /proc folder that are numbers: process, thread or descriptor ids. */
export function numericEntries(folder: string): number[] {
	try {
		return readdirSync(folder)
			.filter((name) => /^\d+$/.test(name))
			.map(Number);
	} catch {
		return [];
	}
}

/** The text of a /proc file, or undefined when it is gone or not ours to read. */
export function readText(file: string): string | undefined {
	try {
		return readFileSync(file, "latin1");
	} catch {
		return undefined;
	}
}
