/** The built command, as a user runs it. What a benchmark knows of run records stands here. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Comparison, Effect } from "#src/model/comparison.js";
import type { Matrix } from "#src/model/matrix.js";
import type { RunCommand, RunOf, RunRecord } from "#src/model/run.js";
import { entryPoint, projectRoot } from "#src/process/entry-point.js";
import type { RunDocument } from "#src/report/json/document.js";

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

interface AskedForJson<Command extends RunCommand> {
	/** Command, endpoint and options, without --json. */
	readonly args: readonly [Command, ...string[]];
	/** What follows behind --. */
	readonly target: readonly string[];
	/** Where its run folder goes. */
	readonly out: string;
	readonly timeoutMs: number;
	readonly env?: Readonly<Record<string, string>>;
}

/** As `startAzProf`; `documentOf` reads what it printed in the end. */
export const startForJson = <Command extends RunCommand>({
	args,
	target,
	out,
	...how
}: AskedForJson<Command>): Running => startAzProf([...args, "--json", "--out", out, "--", ...target], how);

/** A whole run. */
export async function runForJson<Command extends RunCommand>(
	asked: AskedForJson<Command>,
): Promise<Omit<Answer, "stdout"> & { readonly run: RunDocument<RunOf<Command>> }> {
	const { stdout, ...answer } = await startForJson(asked).ended;
	return { ...answer, run: documentOf(asked.args[0], stdout) };
}

export function documentOf<Command extends RunCommand>(command: Command, stdout: string): RunDocument<RunOf<Command>> {
	const document = JSON.parse(stdout) as RunDocument<RunOf<Command>>;
	if (document.command !== command) throw new Error(`az-prof ${command} printed a run of ${document.command}`);
	return document;
}

/** @throws where the run ended before both sides were measured */
export function comparisonOf({
	comparison,
	headline,
}: Pick<RunDocument<RunOf<"compare">>, "comparison" | "headline">): Comparison {
	if (comparison === null) throw new Error(`az-prof compare measured nothing: ${headline}`);
	return comparison;
}

/** @throws where the run ended before the first set was whole */
export function matrixOf({ matrix, headline }: Pick<RunDocument<RunOf<"matrix">>, "matrix" | "headline">): Matrix {
	if (matrix === null) throw new Error(`az-prof matrix measured nothing: ${headline}`);
	return matrix;
}

/** The two sides in one metric. @throws where one of them could not be measured */
export function sidesOf({ effects }: Comparison, metric: string): { readonly base: number; readonly head: number } {
	const { base = null, head = null } = effects.find((effect: Effect) => String(effect.metric) === metric) ?? {};
	if (base === null || head === null) throw new Error(`az-prof compare could not measure ${metric}`);
	return { base, head };
}

/** Of the text of a run.json. */
export const isPartial = (record: string): boolean => (JSON.parse(record) as RunRecord).state.kind === "partial";
