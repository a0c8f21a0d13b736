/** The built command, as a user runs it. What a benchmark knows of run records stands here. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { RunRecord } from "#src/model/run.js";
import { entryPoint, projectRoot } from "#src/process/entry-point.js";

interface Answer {
	readonly stdout: string;
	readonly code: number;
	readonly seconds: number;
}

export interface Running {
	readonly child: ChildProcess;
	/** Rejects where it could not do its work, with what it said on stderr. */
	readonly ended: Promise<Answer>;
}

/** @param timeoutMs it is ended after so long */
export function startAzProf(
	args: readonly string[],
	{
		timeoutMs,
		env = {},
		cwd = projectRoot,
	}: { timeoutMs: number; env?: Readonly<Record<string, string>>; cwd?: string },
): Running {
	const began = performance.now();
	const child = spawn(process.execPath, [entryPoint("cli"), ...args], {
		cwd,
		env: { ...process.env, NODE_ENV: "production", ...env },
		stdio: ["ignore", "pipe", "pipe"],
		timeout: timeoutMs,
	});
	const said = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const) {
		child[name].setEncoding("utf8").on("data", (chunk: string) => {
			said[name] += chunk;
		});
	}
	const ended = once(child, "close").then(([code, signal]: unknown[]): Answer => {
		// 1 and 3 are verdicts; 2 is a failure, and so is a run that was ended from outside.
		if (typeof code !== "number" || code === 2 || said.stdout.trim() === "") {
			const why = said.stderr.trim() || "it printed nothing";
			throw new Error(`az-prof ${args.join(" ")} ended with ${code ?? signal}:\n${why}`);
		}
		return { stdout: said.stdout, code, seconds: Number(((performance.now() - began) / 1e3).toFixed(1)) };
	});
	return { child, ended };
}

/** Of the text of a run.json. */
export const isPartial = (record: string): boolean => (JSON.parse(record) as RunRecord).state.kind === "partial";
