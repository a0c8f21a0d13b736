import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { systemErrorCode } from "../errors.js";
import { SESSION_MARK } from "./session-mark.js";

export interface EndOptions {
	/** How long SIGTERM may take before SIGKILL follows. */
	readonly graceMs: number;
	/** Also end processes that left their group but carry this mark in their environment (Linux). */
	readonly session?: string;
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
		signalGroup(id, "SIGTERM");
		signalGroup(id, "SIGCONT");
	}
	await until(() => left().length === 0, options.graceMs);
	for (const id of left()) signalGroup(id, "SIGKILL");
	for (const pid of marked(options.session)) signalProcess(pid, "SIGKILL");
	await until(() => left().length === 0 && marked(options.session).length === 0, KILL_WAIT_MS);
}

/** True while any live (not zombie) process of the group exists. */
function groupExists(id: number): boolean {
	try {
		process.kill(-id, 0);
	} catch (error) {
		return systemErrorCode(error) === "EPERM";
	}
	return !onlyZombies(id);
}

/** kill(2) also reaches zombies, which nobody but their parent can remove; they do not count as left. */
function onlyZombies(groupId: number): boolean {
	const members = processTable().filter((entry) => entry.groupId === groupId);
	return members.length > 0 && members.every((entry) => entry.state === "Z" || entry.state === "X");
}

interface ProcessEntry {
	readonly pid: number;
	readonly state: string;
	readonly groupId: number;
}

function processTable(): ProcessEntry[] {
	return listPids().flatMap((pid) => {
		const stat = readProc(pid, "stat");
		// The name in parentheses may hold anything; the fields begin after the last ")".
		const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
		return fields?.[0] === undefined ? [] : [{ pid, state: fields[0], groupId: Number(fields[2]) }];
	});
}

function marked(session: string | undefined): number[] {
	if (session === undefined || session === "") return [];
	const mark = `${SESSION_MARK}=${session}`;
	return listPids().filter(
		(pid) => pid !== process.pid && readProc(pid, "environ")?.split("\0").includes(mark) === true,
	);
}

function listPids(): number[] {
	try {
		return readdirSync("/proc")
			.filter((name) => /^\d+$/.test(name))
			.map(Number);
	} catch {
		return [];
	}
}

function readProc(pid: number, file: "stat" | "environ"): string | undefined {
	try {
		return readFileSync(`/proc/${pid}/${file}`, "latin1");
	} catch {
		return undefined;
	}
}

function signalGroup(id: number, signal: NodeJS.Signals): void {
	signalProcess(-id, signal);
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
