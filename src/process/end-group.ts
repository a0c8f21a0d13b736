import { setTimeout as sleep } from "node:timers/promises";
import { systemErrorCode } from "#src/errors.js";
import { processesWithEnvironment, processTable } from "./process-table.js";

export interface EndOptions {
	/** How long SIGTERM may take before SIGKILL follows. */
	readonly graceMs: number;
	/** Also end processes that left their group but have this in their environment (Linux). */
	readonly mark?: { readonly name: string; readonly value: string };
}

const POLL_MS = 20;
const KILL_WAIT_MS = 2_000;

/**
 * Ends process groups that we started: SIGTERM, wait, SIGKILL. Resolves when none of their processes is left, or 2 s
 * after SIGKILL. A stopped process (SIGSTOP) is woken so that it can end.
 */
export async function endGroups(groupIds: readonly number[], options: EndOptions): Promise<void> {
	const left = (): number[] => groupIds.filter(groupExists);
	for (const id of left()) {
		signalProcess(-id, "SIGTERM");
		signalProcess(-id, "SIGCONT");
	}
	await until(() => left().length === 0, options.graceMs);
	for (const id of left()) signalProcess(-id, "SIGKILL");
	const strays = (): number[] =>
		options.mark === undefined
			? []
			: processesWithEnvironment(options.mark.name, options.mark.value).filter((pid) => pid !== process.pid);
	for (const pid of strays()) signalProcess(pid, "SIGKILL");
	await until(() => left().length === 0 && strays().length === 0, KILL_WAIT_MS);
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
	const steps = Math.ceil(limitMs / POLL_MS);
	for (let step = 0; step < steps && !done(); step++) await sleep(POLL_MS);
}
