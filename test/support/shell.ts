import { spawn } from "node:child_process";

export interface ShellResult {
	readonly code: number | null;
	readonly stderr: string;
}

export interface ShellOptions {
	readonly cwd?: string;
	readonly env?: Readonly<Record<string, string>>;
	/** It is ended after so long; not given: the test's own limit holds. */
	readonly timeoutMs?: number;
}

/** Runs a line of bash, whose stdout goes nowhere. */
export function shell(line: string, { cwd, env, timeoutMs }: ShellOptions = {}): Promise<ShellResult> {
	const child = spawn("bash", ["-c", line], {
		...(cwd === undefined ? {} : { cwd }),
		...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
		env: { ...process.env, ...env },
		stdio: ["ignore", "ignore", "pipe"],
	});
	let stderr = "";
	child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
		stderr += chunk;
	});
	return new Promise((resolve) => child.once("close", (code) => resolve({ code, stderr })));
}
