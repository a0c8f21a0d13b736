import { readdirSync, readFileSync } from "node:fs";

/** What /proc tells of other processes. Where there is no /proc, every answer is empty. */
export interface ProcessEntry {
	readonly pid: number;
	readonly parentPid: number;
	readonly groupId: number;
	/** As in ps: R, S, D, T, Z … */
	readonly state: string;
	/** Clock ticks since the machine was started. Together with the id it names one process for ever: ids are used again. */
	readonly startedAtTicks: number;
}

/** Where in /proc/<pid>/stat the start stands, counted from the state (proc(5): fields 3 and 22). */
const START_FIELD = 19;

export const processTable = (): ProcessEntry[] => numericEntries("/proc").flatMap((pid) => processEntry(pid) ?? []);

/** When a process or thread was started, of a folder as /proc/<pid> or /proc/<pid>/task/<tid>; null where there is no such. */
export function startedAtTicksOf(folder: string): number | null {
	const fields = fieldsOf(folder);
	return fields === undefined ? null : Number(fields[START_FIELD]);
}

/** The fields of its stat, from the state on. The name in parentheses before them may hold anything. */
function fieldsOf(folder: string): string[] | undefined {
	const stat = readText(`${folder}/stat`);
	return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Undefined where there is no such process. */
export function processEntry(pid: number): ProcessEntry | undefined {
	const fields = fieldsOf(`/proc/${pid}`);
	const [state, parentPid, groupId] = fields ?? [];
	if (fields === undefined || state === undefined) return undefined;
	return {
		pid,
		state,
		parentPid: Number(parentPid),
		groupId: Number(groupId),
		startedAtTicks: Number(fields[START_FIELD]),
	};
}

/** The children that the kernel lists for a process, which is cheaper than the whole table; none where it keeps no such list. */
export const childrenOf = (pid: number): number[] =>
	numericEntries(`/proc/${pid}/task`).flatMap((thread) =>
		(readText(`/proc/${pid}/task/${thread}/children`) ?? "").split(" ").filter(Boolean).map(Number),
	);

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
