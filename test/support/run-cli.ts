import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { entryPoint, projectRoot } from "#src/process/entry-point.js";

export interface CliResult {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface CliOptions {
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	/** The largest file that may be written, in blocks of 512 bytes: a disk that is full. */
	readonly largestFileBlocks?: number;
	/** Told as soon as the process runs. */
	readonly started?: (child: ChildProcess) => void;
}

/** Runs the built az-prof; every run has a limit of 90 s. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
	const command = [process.execPath, entryPoint("cli"), ...args];
	if (options.largestFileBlocks !== undefined) {
		command.unshift("sh", "-c", `ulimit -f ${options.largestFileBlocks}; exec "$@"`, "sh");
	}
	const child = spawn(command[0] as string, command.slice(1), {
		cwd: options.cwd ?? projectRoot,
		env: { ...process.env, ...options.env },
		stdio: ["ignore", "pipe", "pipe"],
		timeout: 90_000,
		killSignal: "SIGKILL",
	});
	options.started?.(child);
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
		stdout += chunk;
	});
	child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
		stderr += chunk;
	});
	return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
}

export const fixture = (name: string): string => join(projectRoot, "test", "fixtures", "servers", name);

/** A folder that is removed after the file's tests. */
export function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), "az-prof-test-"));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}
