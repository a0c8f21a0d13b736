import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { makeTemporaryFolder } from "#src/process/temporary-folder.js";
import { keepFolder } from "#src/process/warden-line.js";
import type { AgentConnection } from "#src/target/target.js";

/** A heap of 100 MB takes some seconds to be written. */
const TIMEOUT_MS = 60_000;
/** V8 has no longer strings than 512 MiB; a snapshot takes about 1.5 bytes for each byte of heap. */
const MOST_BYTES = 400 * 2 ** 20;

/**
 * Everything on the heap of one isolate of the target after a full collection, as V8 writes it. It is never on the disk.
 * @throws KnownError where the isolate is gone or does not answer; Error where the snapshot is too large to be read
 */
export async function takeHeapSnapshot(agent: AgentConnection): Promise<string> {
	const folder = makeTemporaryFolder("az-prof-");
	const remove = keepFolder(folder);
	const path = join(folder, "heap.sock");
	const chunks: Buffer[] = [];
	let bytes = 0;
	const server = createServer((socket) => {
		socket.on("error", () => {});
		socket.on("data", (chunk: Buffer) => {
			bytes += chunk.length;
			if (bytes > MOST_BYTES) socket.destroy();
			else chunks.push(chunk);
		});
	});
	try {
		server.listen(path);
		await once(server, "listening");
		const received = once(server, "connection").then(([socket]) => once(socket as Socket, "close"));
		received.catch(() => {});
		await agent.call("heap.snapshot", { path }, TIMEOUT_MS).catch((error) => {
			throw bytes > MOST_BYTES ? tooLarge() : error;
		});
		await received;
		if (bytes > MOST_BYTES) throw tooLarge();
		return Buffer.concat(chunks).toString("utf8");
	} finally {
		server.close();
		await remove();
	}
}

const tooLarge = (): Error => new Error("its snapshot is larger than 400 MB");
