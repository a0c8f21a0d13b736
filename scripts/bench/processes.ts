/** Servers and clients of the benchmarks: each a process of its own on the cores it is given. */
import { type ChildProcess, type StdioOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildSync } from "esbuild";
import { entryPoint, projectRoot } from "#src/process/entry-point.js";

/** On-CPU nanoseconds of all threads; a thread that has ended is missing, so the process is read while it lives. */
export function cpuNs(pid: number): number {
	let total = 0;
	for (const thread of readdirSync(`/proc/${pid}/task`)) {
		total += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]);
	}
	return total;
}

export const isInstalled = (program: string): boolean =>
	spawnSync(program, ["-v"], { stdio: "ignore" }).error === undefined;

/**
 * A process on these cores; null: on any.
 * @param env besides that of this process
 */
export function pinned(
	cpuList: string | null,
	argv: readonly string[],
	stdio: StdioOptions,
	env: Readonly<Record<string, string>> = {},
): ChildProcess {
	const [program = "", ...args] = cpuList === null ? argv : ["taskset", "-c", cpuList, ...argv];
	return spawn(program, args, { stdio, env: { ...process.env, ...env } });
}

/** A file below scripts/. */
export const inScripts = (...parts: readonly string[]): string => join(projectRoot, "scripts", ...parts);

/** A file of programs/. */
export const programFile = (name: string): string => inScripts("bench", "programs", name);

/** A program of programs/, as JavaScript: what is measured runs on Node alone, without a loader that transpiles. */
export function program(name: string): string {
	const outfile = join(projectRoot, "node_modules", ".cache", "az-prof-bench", `${basename(name)}.mjs`);
	const entryPoints = [programFile(`${name}.ts`)];
	buildSync({
		entryPoints,
		outfile,
		bundle: true,
		packages: "external",
		format: "esm",
		platform: "node",
		target: "node20.19",
	});
	return outfile;
}

export const NULL_RESPONDER = entryPoint("load/generator/null-responder");

export interface BenchServer {
	readonly child: ChildProcess;
	readonly url: string;
	close(): Promise<void>;
}

/** A server of ours, which says its port to its parent and ends with the channel to it. */
export async function startServer(
	cpuList: string | null,
	file: string,
	...args: readonly string[]
): Promise<BenchServer> {
	const child = pinned(cpuList, [process.execPath, file, ...args], ["ignore", "inherit", "inherit", "ipc"]);
	const [port] = (await once(child, "message")) as [number];
	return {
		child,
		url: `http://127.0.0.1:${port}`,
		close: async () => {
			const exit = once(child, "exit");
			child.disconnect();
			await exit;
		},
	};
}

/**
 * Runs a program to its end: what it prints, and the CPU time of all its threads. Those end before it does, and what the
 * process has used in all stands in /proc only in ticks of 10 ms; so they are read every 5 ms and the largest figure
 * counts, which misses 5 ms at most.
 */
export async function runToEnd(
	cpuList: string | null,
	argv: readonly string[],
): Promise<{ readonly out: string; readonly cpuNs: number }> {
	const child = pinned(cpuList, argv, ["ignore", "pipe", "inherit"]);
	let out = "";
	child.stdout?.setEncoding("utf8").on("data", (text: string) => {
		out += text;
	});
	let ended = false;
	const closed = once(child, "close").then(([code]) => {
		ended = true;
		if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}:\n${out}`);
	});
	let usedNs = 0;
	while (!ended) {
		try {
			if (child.pid !== undefined) usedNs = Math.max(usedNs, cpuNs(child.pid));
		} catch {
			// It has ended.
		}
		await Promise.race([sleep(5), closed]);
	}
	await closed;
	return { out, cpuNs: usedNs };
}
