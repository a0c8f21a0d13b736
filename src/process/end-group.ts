import { setTimeout as sleep } from "node:timers/promises";
import { systemErrorCode } from "#src/errors.js";
import type { Descendants } from "./descendants.js";
import { processesWithEnvironment, processTable } from "./process-table.js";

export interface EndOptions {
	/** How long SIGTERM may take before SIGKILL follows. */
	readonly graceMs: number;
	/** Also end processes that left their group but have this in their environment (Linux). */
	readonly mark?: { readonly name: string; readonly value: string };
	/** Also end what was seen to be started by them, wherever it is by now. */
	readonly descendants?: readonly Descendants[];
}

const POLL_MS = 20;
const KILL_WAIT_MS = 2_000;

/**
 * Ends process groups that we started: SIGTERM, wait, SIGKILL. Resolves when none of their processes is left, or 2 s
 * after SIGKILL. A stopped process (SIGSTOP) is woken so that it can end.
 */
export async function endGroups(groupIds: readonly number[], options: EndOptions): Promise<void> {
	const { mark, descendants = [], graceMs } = options;
	const left = (): number[] => groupIds.filter(groupExists);
	const outside = (): number[] => outsideOf(groupIds, descendants);
	const told = new Set<number>();
	await until(() => {
		const targets = [...left().map((id) => -id), ...outside()];
		// What is started while the rest ends is told as well.
		for (const target of targets.filter((each) => !told.has(each))) {
			told.add(target);
			signalProcess(target, "SIGTERM");
			signalProcess(target, "SIGCONT");
		}
		return targets.length === 0;
	}, graceMs);
	const strays = (): number[] => [
		...outside(),
		...(mark === undefined ? [] : processesWithEnvironment(mark.name, mark.value).filter((pid) => pid !== process.pid)),
	];
	await until(() => {
		const targets = [...left().map((id) => -id), ...strays()];
		for (const target of targets) signalProcess(target, "SIGKILL");
		return targets.length === 0;
	}, KILL_WAIT_MS);
}

/** Descendants that no signal to one of the groups reaches. */
function outsideOf(groupIds: readonly number[], descendants: readonly Descendants[]): number[] {
	if (descendants.length === 0) return [];
	const table = processTable();
	const inGroups = new Set(table.flatMap(({ pid, groupId }) => (groupIds.includes(groupId) ? [pid] : [])));
	return descendants.flatMap((each) => each.look(table)).filter((pid) => !inGroups.has(pid));
}

/** True while any live process of the group exists. */
function groupExists(id: number): boolean {
	try {
		process.kill(-id, 0);
	} catch (error) {
		return systemErrorCode(error) === "EPERM";
	}
	// kill(2) also reaches zombies, which nobody but their parent can remove; they do not count as left.
	const members = processTable().filter((entry) => entry.groupId === id);
	return members.length === 0 || members.some((entry) => entry.state !== "Z" && entry.state !== "X");
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(pid, signal);
	} catch {
		// It ended in the meantime.
	}
}

async function until(done: () => boolean, limitMs: number): Promise<void> {
	// By the clock: where much runs, a look takes longer than a pause.
	const endMs = performance.now() + limitMs;
	while (performance.now() < endMs && !done()) await sleep(POLL_MS);
}
