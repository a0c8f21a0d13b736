import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * The one way in which files are read that somebody names: on the command line, or in a run folder. Only plain files of a bounded size. A
 * pipe, a device or a file of the system could keep its reader waiting for ever, or never end.
 */

const MIB = 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** A pipe that nobody writes to yet is not waited for by the system, so that we can be called off. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** @throws Error with the end of a sentence where it is not a plain file of at most so many bytes */
export async function readPlainFile(file: string, mostBytes: number, signal: AbortSignal): Promise<Buffer> {
	const handle = await open(file, FLAGS);
	try {
		refuseOthers(await handle.stat(), mostBytes);
		return await readUpTo(handle, mostBytes, signal);
	} finally {
		await handle.close();
	}
}

/** The same for files of a run, which are read between two turns of the event loop. */
export function readPlainFileSync(file: string, mostBytes: number): Buffer {
	const descriptor = openSync(file, FLAGS);
	try {
		refuseOthers(fstatSync(descriptor), mostBytes);
		const chunks: Buffer[] = [];
		let bytes = 0;
		for (;;) {
			const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
			const read = readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
			if (read === 0) return Buffer.concat(chunks);
			bytes += read;
			if (bytes > mostBytes) throw tooLarge(mostBytes);
			chunks.push(chunk.subarray(0, read));
		}
	} finally {
		closeSync(descriptor);
	}
}

/** The first bytes of a file that may be of any size. */
export function beginningOfPlainFileSync(file: string, bytes: number): Buffer {
	const descriptor = openSync(file, FLAGS);
	try {
		refuseOthers(fstatSync(descriptor), Number.POSITIVE_INFINITY);
		const beginning = Buffer.alloc(bytes);
		return beginning.subarray(0, readSync(descriptor, beginning, 0, bytes, null));
	} finally {
		closeSync(descriptor);
	}
}

const PIPE_POLL_MS = 20;

/**
 * A plain file, or what comes out of a pipe before `limitMs` are over: `--token @<(command)`. "-" is standard input.
 * @throws Error with the end of a sentence
 */
export async function readFileOrPipe(
	file: string,
	options: { readonly mostBytes: number; readonly limitMs: number; readonly signal: AbortSignal },
): Promise<Buffer> {
	const { mostBytes, limitMs, signal } = options;
	// Held until it is asked below: of what AbortSignal.any() is made, it keeps nothing, and a timer that nobody holds is collected.
	const timeout = AbortSignal.timeout(limitMs);
	const limit = AbortSignal.any([signal, timeout]);
	try {
		if (STANDARD_INPUT.has(file)) return await readStandardInput(mostBytes, limit);
		const handle = await open(file, FLAGS);
		try {
			const status = await handle.stat();
			if (status.isFIFO()) return await readPipe(handle, mostBytes, limit);
			refuseOthers(status, mostBytes);
			return await readUpTo(handle, mostBytes, limit);
		} finally {
			await handle.close();
		}
	} catch (error) {
		signal.throwIfAborted();
		throw timeout.aborted ? new Error(`nothing whole came within ${limitMs / 1000} s`) : error;
	}
}

const STANDARD_INPUT: ReadonlySet<string> = new Set(["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]);

async function readStandardInput(mostBytes: number, limit: AbortSignal): Promise<Buffer> {
	if (process.stdin.isTTY) throw new Error("standard input is a terminal");
	const chunks: Buffer[] = [];
	let bytes = 0;
	const stop = (): void => void process.stdin.destroy(limit.reason as Error);
	limit.addEventListener("abort", stop);
	try {
		for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
			bytes += chunk.length;
			if (bytes > mostBytes) throw tooLarge(mostBytes);
			chunks.push(chunk);
		}
		return Buffer.concat(chunks);
	} finally {
		limit.removeEventListener("abort", stop);
	}
}

/** To its end, which a pipe has when its last writer is gone; before the first one comes it looks the same. */
async function readPipe(handle: FileHandle, mostBytes: number, limit: AbortSignal): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for (;;) {
		limit.throwIfAborted();
		const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
		const read = await handle.read(chunk, 0, CHUNK_BYTES, null).then(
			({ bytesRead }) => bytesRead,
			(error: NodeJS.ErrnoException) => {
				if (error.code === "EAGAIN") return null;
				throw error;
			},
		);
		if (read === 0 && bytes > 0) return Buffer.concat(chunks);
		if (read === null || read === 0) {
			await sleep(PIPE_POLL_MS);
			continue;
		}
		bytes += read;
		if (bytes > mostBytes) throw tooLarge(mostBytes);
		chunks.push(chunk.subarray(0, read));
	}
}

async function readUpTo(handle: FileHandle, mostBytes: number, signal: AbortSignal): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for (;;) {
		signal.throwIfAborted();
		const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
		const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, null);
		if (bytesRead === 0) return Buffer.concat(chunks);
		bytes += bytesRead;
		if (bytes > mostBytes) throw tooLarge(mostBytes);
		chunks.push(chunk.subarray(0, bytesRead));
	}
}

function refuseOthers(status: Stats, mostBytes: number): void {
	if (!status.isFile()) throw new Error(`it is ${kindOf(status)}, not a plain file`);
	if (status.size > mostBytes) throw tooLarge(mostBytes);
}

function kindOf(status: Stats): string {
	if (status.isDirectory()) return "a folder";
	if (status.isFIFO()) return "a pipe";
	if (status.isSocket()) return "a socket";
	return "a device";
}

const tooLarge = (mostBytes: number): Error => new Error(`it is larger than ${Math.floor(mostBytes / MIB)} MiB`);
