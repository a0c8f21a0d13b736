import { readdirSync, readFileSync } from "node:fs";
import type { LoadFailure } from "#src/load/order/ipc-messages.js";

/** Files that the process needs besides its connections. */
const SPARE_DESCRIPTORS = 32;

export class LoadFailed extends Error {
	readonly failure: LoadFailure;
	constructor(failure: LoadFailure) {
		super(failure.kind);
		this.failure = failure;
	}
}

/** What made a load impossible, from the error that a client met. */
export function failureOf(error: Error, clients: number): LoadFailed {
	return new LoadFailed(
		"code" in error && (error.code === "EMFILE" || error.code === "ENFILE")
			? { kind: "fileDescriptors", needed: clients + SPARE_DESCRIPTORS, limit: openFileLimit() ?? 0 }
			: { kind: "request", message: error.message },
	);
}

/** @throws LoadFailed where there are not enough file descriptors for so many clients */
export function checkDescriptors(clients: number): void {
	const limit = openFileLimit();
	if (limit === null) return;
	const needed = clients + readdirSync("/proc/self/fd").length + SPARE_DESCRIPTORS;
	if (needed > limit) throw new LoadFailed({ kind: "fileDescriptors", needed, limit });
}

/** How many files this process may have open (Node raises the soft limit to the hard one); null where /proc is missing. */
function openFileLimit(): number | null {
	try {
		const line = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"));
		return line?.[1] === undefined ? null : Number(line[1]);
	} catch {
		return null;
	}
}
