import { closeSync, constants, openSync, statSync, writeSync } from "node:fs";
import { systemErrorCode } from "#src/errors.js";

/**
 * The one way in which files are written that somebody names on the command line. A pipe may be one: its reader is not waited for by
 * the system, which would be for ever where there is none.
 */

const { O_APPEND, O_CREAT, O_NONBLOCK, O_TRUNC, O_WRONLY } = constants;
const FULL_PIPE_POLL_MS = 10;
/** A reader that takes nothing for so long does not read. */
const MOST_WAITING_MS = 10_000;

/** @throws Error with the end of a sentence where nobody reads the pipe; of the system where it cannot be written */
export function writeNamedFile(file: string, content: string | Uint8Array, how: "append" | "replace"): void {
	const descriptor = openForWriting(file, how === "append" ? O_APPEND : O_TRUNC);
	try {
		const bytes = typeof content === "string" ? Buffer.from(content) : content;
		let waitedMs = 0;
		for (let written = 0; written < bytes.length; ) {
			const now = writeSome(descriptor, bytes, written);
			written += now;
			waitedMs = now > 0 ? 0 : waitedMs + FULL_PIPE_POLL_MS;
			if (waitedMs > MOST_WAITING_MS) throw new Error("who reads this pipe took nothing for 10 s");
			if (now === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_POLL_MS);
		}
	} finally {
		closeSync(descriptor);
	}
}

/**
 * Whether it can be appended to; a pipe is not opened, as its reader would take that for the end.
 * @throws as above
 */
export function checkNamedOutput(file: string): void {
	if (statSync(file, { throwIfNoEntry: false })?.isFIFO() === true) return;
	closeSync(openForWriting(file, O_APPEND));
}

function openForWriting(file: string, how: number): number {
	try {
		return openSync(file, O_WRONLY | O_CREAT | O_NONBLOCK | how, 0o666);
	} catch (error) {
		throw systemErrorCode(error) === "ENXIO" ? new Error("nobody reads this pipe") : error;
	}
}

/** 0 where a pipe is full. */
function writeSome(descriptor: number, bytes: Uint8Array, from: number): number {
	try {
		return writeSync(descriptor, bytes, from);
	} catch (error) {
		if (systemErrorCode(error) === "EAGAIN") return 0;
		throw error;
	}
}
