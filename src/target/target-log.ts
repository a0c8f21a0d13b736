import type { StdioOptions } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { KnownError, messageOf } from "#src/errors.js";
import { boundFile } from "#src/process/bounded-file.js";
import { redactText } from "#src/secrets/redact.js";
import { cutLines } from "#src/visible-text.js";

/** Where a target's stdout and stderr go, one after the other as they come. */
export interface TargetLog {
	readonly stdio: StdioOptions;
	/** The last lines that are not empty, without secrets, each cut to a thousand characters or so. */
	tail(count: number): string[];
	close(): void;
}

const CHUNK_BYTES = 1024 * 1024;
const MOST_TAIL_BYTES = 256 * 1024;
/** Patterns are looked for in these lines; some take as long as the line is long, squared. */
const LONGEST_TAIL_LINE = 1_000;

/**
 * The target writes to the file by itself, so that a chatty one does not make us work while we measure. Where there are secrets that it
 * could repeat, the file has no name while it is written: nobody finds it, whatever ends us, and its place on the disk is free when the
 * last process is gone that has it open. Only one that `keeps` leaves a copy, made at the end, without the secrets in any shape we know.
 * @throws KnownError RUN_FOLDER when the file cannot be written
 */
export function openTargetLog(file: string, secrets: readonly string[], keeps: boolean): TargetLog {
	const isSecret = secrets.length > 0 || !keeps;
	const descriptor = open(file, isSecret);
	const stopBounding = boundFile(descriptor);
	let isClosed = false;
	return {
		stdio: ["ignore", descriptor, descriptor],
		tail: (count) =>
			isClosed
				? []
				: lastLines(descriptor, count).map((line) => cutLines(redactText(line, secrets), LONGEST_TAIL_LINE)),
		close() {
			if (isClosed) return;
			isClosed = true;
			stopBounding();
			try {
				if (isSecret && keeps) copyRedacted(descriptor, file, secrets);
			} finally {
				closeSync(descriptor);
			}
		},
	};
}

function open(file: string, isSecret: boolean): number {
	try {
		if (!isSecret) return openSync(file, "a+");
		// Under another name, as this one may have been kept from an earlier start.
		const nameless = `${file}.${randomBytes(6).toString("hex")}`;
		const descriptor = openSync(nameless, "ax+", 0o600);
		unlinkSync(nameless);
		return descriptor;
	} catch (error) {
		throw new KnownError({
			code: "RUN_FOLDER",
			what: `cannot write the target's log ${file}`,
			why: messageOf(error),
			fix: "choose another folder with --out",
			cause: error,
		});
	}
}

function lastLines(descriptor: number, count: number): string[] {
	const { size } = fstatSync(descriptor);
	const bytes = Buffer.alloc(Math.min(size, MOST_TAIL_BYTES));
	const read = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
	return bytes.toString("utf8", 0, read).trimEnd().split("\n").filter(Boolean).slice(-count);
}

/** Line by line: what one of them holds is not cut between two chunks, but where it is longer than a chunk. */
function copyRedacted(descriptor: number, file: string, secrets: readonly string[]): void {
	const { size } = fstatSync(descriptor);
	const copy = openSync(file, "a");
	try {
		const chunk = Buffer.alloc(CHUNK_BYTES);
		let rest = Buffer.alloc(0);
		for (let at = 0; at < size; ) {
			const read = readSync(descriptor, chunk, 0, CHUNK_BYTES, at);
			if (read === 0) break;
			at += read;
			const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
			const end = bytes.lastIndexOf(0x0a) + 1;
			writeSync(copy, redactText(bytes.toString("utf8", 0, end), secrets));
			rest = bytes.subarray(end);
		}
		writeSync(copy, redactText(rest.toString("utf8"), secrets));
	} finally {
		closeSync(copy);
	}
}
