import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import type { UnpinnedReason } from "#src/model/findings/machine.js";

/** Cores for the target and, apart from them, for the generator; null where it is not possible to keep them apart. */
export interface CpuPlan {
	readonly target: string | null;
	readonly generator: string | null;
	/** Why they are not pinned; null where they are. */
	readonly unpinnedBecause: UnpinnedReason | null;
}

/** The last allowed core goes to the generator, all others to the target. */
export function planCpus(allowed: readonly number[] = allowedCpus(), taskset: boolean = hasTaskset()): CpuPlan {
	const unpinned = (because: UnpinnedReason): CpuPlan => ({ target: null, generator: null, unpinnedBecause: because });
	if (!taskset) return unpinned("no taskset");
	const last = allowed.at(-1);
	if (last === undefined || allowed.length < 2) return unpinned("one core");
	return { target: allowed.slice(0, -1).join(","), generator: String(last), unpinnedBecause: null };
}

/** The command line that runs `argv` on those cores only; the process keeps its id, since taskset replaces itself. */
export const pinnedArgv = (cpus: string, argv: readonly string[]): string[] => ["taskset", "-c", cpus, ...argv];

/** Moves running processes, with all their threads, to those cores; one that is gone by now is left out. */
export async function pinProcesses(cpus: string, pids: readonly number[]): Promise<void> {
	const run = promisify(execFile);
	await Promise.all(pids.map((pid) => run("taskset", ["-a", "-p", "-c", cpus, String(pid)]).catch(() => {})));
}

/** Core numbers this process may run on. */
export function allowedCpus(): number[] {
	try {
		const line = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"));
		if (line?.[1]) return parseCpuList(line[1]);
	} catch {
		// No /proc: fall through.
	}
	return Array.from({ length: availableParallelism() }, (_, index) => index);
}

/** "0-2,5" → [0, 1, 2, 5] */
export function parseCpuList(list: string): number[] {
	return list.split(",").flatMap((part) => {
		if (part === "") return [];
		const [from, to = from] = part.split("-").map(Number);
		if (from === undefined || to === undefined || !Number.isInteger(from) || !Number.isInteger(to)) return [];
		return Array.from({ length: to - from + 1 }, (_, index) => from + index);
	});
}

let tasksetFound: boolean | undefined;
function hasTaskset(): boolean {
	if (tasksetFound === undefined) {
		try {
			execFileSync("taskset", ["-V"], { stdio: "ignore" });
			tasksetFound = true;
		} catch {
			tasksetFound = false;
		}
	}
	return tasksetFound;
}
