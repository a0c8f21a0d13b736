import type { ChildProcess, StdioOptions } from "node:child_process";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { KnownError, messageOf } from "#src/errors.js";
import { boundFile } from "#src/process/bounded-file.js";
import { redactText } from "#src/secrets.js";

/** Where a target's stdout and stderr go, one after the other as they come. */
export interface TargetLog {
	readonly stdio: StdioOptions;
	/** To be called with the process as soon as it runs. */
	attach(child: ChildProcess): void;
	/** The last lines that are not empty. */
	tail(count: number): string[];
	close(): void;
}

/**
 * The target writes to the file by itself, so that a chatty one does not make us work while we measure. Only when there
 * are secrets that it could repeat do its lines pass through us.
 * @throws KnownError RUN_FOLDER when the file cannot be written
 */
export function openTargetLog(file: string, secrets: readonly string[]): TargetLog {
	const descriptor = open(file);
	const stopBounding = boundFile(descriptor);
	let closed = false;
	return {
		stdio: secrets.length === 0 ? ["ignore", descriptor, descriptor] : ["ignore", "pipe", "pipe"],
		attach(child) {
			for (const stream of [child.stdout, child.stderr]) {
				if (stream === null) continue;
				const lines = createInterface({ input: stream });
				lines.on("line", (line) => {
					if (!closed) writeSync(descriptor, `${redactText(line, secrets)}\n`);
				});
			}
		},
		tail: (count) => lastLines(file, count),
		close() {
			if (closed) return;
			closed = true;
			stopBounding();
			closeSync(descriptor);
		},
	};
}

function open(file: string): number {
	try {
		return openSync(file, "a+");
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

function lastLines(file: string, count: number): string[] {
	try {
		return readFileSync(file, "utf8").trimEnd().split("\n").filter(Boolean).slice(-count);
	} catch {
		return [];
	}
}
