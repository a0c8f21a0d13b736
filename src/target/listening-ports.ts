import { readlinkSync } from "node:fs";
import { numericEntries, readText } from "#src/process/process-table.js";

/** A process that listens on a TCP port. */
export interface PortOf {
	readonly port: number;
	readonly pid: number;
}

/** The process that listens on a TCP port, or null when it is not ours to see (or there is no /proc). */
export function listenerOf(port: number): number | null {
	const inodes = new Set(listeningSockets().flatMap((socket) => (socket.port === port ? [socket.inode] : [])));
	if (inodes.size === 0) return null;
	return numericEntries("/proc").find((pid) => socketInodes(pid).some((inode) => inodes.has(inode))) ?? null;
}

/** The TCP ports that these processes listen on, lowest first, each with the first of the processes that does. */
export function listenersAmong(pids: readonly number[]): PortOf[] {
	const sockets = listeningSockets();
	const found = new Map<number, number>();
	for (const pid of pids) {
		const inodes = new Set(socketInodes(pid));
		for (const { port, inode } of sockets) if (inodes.has(inode) && !found.has(port)) found.set(port, pid);
	}
	return [...found].map(([port, pid]) => ({ port, pid })).sort((a, b) => a.port - b.port);
}

const TCP_LISTEN = "0A";

function listeningSockets(): { port: number; inode: string }[] {
	return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => {
		const lines = (readText(file) ?? "").split("\n").slice(1);
		return lines.flatMap((line) => {
			// sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode
			const fields = line.trim().split(/\s+/);
			const port = Number.parseInt(fields[1]?.split(":")[1] ?? "", 16);
			return fields[3] === TCP_LISTEN && fields[9] !== undefined && port > 0 ? [{ port, inode: fields[9] }] : [];
		});
	});
}

function socketInodes(pid: number): string[] {
	return numericEntries(`/proc/${pid}/fd`).flatMap((descriptor) => {
		try {
			const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1];
			return inode === undefined ? [] : [inode];
		} catch {
			return [];
		}
	});
}
