import { closeSync, openSync, readlinkSync, readSync } from "node:fs";
import { numericEntries } from "#src/process/process-table.js";

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
	return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) =>
		linesWhile(file, (line) => fieldsOf(line)[3] === TCP_LISTEN).flatMap((line) => {
			const fields = fieldsOf(line);
			const port = Number.parseInt(fields[1]?.split(":")[1] ?? "", 16);
			return fields[9] !== undefined && port > 0 ? [{ port, inode: fields[9] }] : [];
		}),
	);
}

/** sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode */
const fieldsOf = (line: string): string[] => line.trim().split(/\s+/);

const PART_BYTES = 16_384;

/**
 * The lines below the heading up to the first that is not wanted. The kernel lists sockets that listen before all others, of which
 * there are thousands after a load: to have them listed takes it a tenth of a second.
 */
function linesWhile(file: string, isWanted: (line: string) => boolean): string[] {
	let descriptor: number | null = null;
	try {
		descriptor = openSync(file, "r");
		const part = Buffer.alloc(PART_BYTES);
		let rest = "";
		const wanted: string[] = [];
		for (let isHeading = true; ; ) {
			const bytes = readSync(descriptor, part);
			const lines = (rest + part.toString("latin1", 0, bytes)).split("\n");
			rest = lines.pop() ?? "";
			for (const line of lines) {
				if (!isHeading && !isWanted(line)) return wanted;
				if (!isHeading) wanted.push(line);
				isHeading = false;
			}
			if (bytes === 0) return wanted;
		}
	} catch {
		return [];
	} finally {
		if (descriptor !== null) closeSync(descriptor);
	}
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
