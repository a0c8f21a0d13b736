import { connect } from "node:net";
import { finished } from "node:stream/promises";
import { getHeapSnapshot } from "node:v8";

/**
 * The target's side of looking at what is on the heap. A snapshot holds whatever the program holds, secrets included, so it goes
 * through a socket and never to the disk. The program stands still while it is taken.
 */
export function heapSnapshotMethods(): Record<string, (params: Record<string, unknown>) => unknown> {
	return { "heap.snapshot": send };
}

/** @param params path: of the Unix socket that takes it */
async function send({ path }: Record<string, unknown>): Promise<void> {
	const socket = connect(String(path));
	getHeapSnapshot().pipe(socket);
	await finished(socket, { readable: false });
}
