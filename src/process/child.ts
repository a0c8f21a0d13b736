import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { accessSync, constants, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
import { KnownError, messageOf } from "#src/errors.js";
import { entryPoint } from "./entry-point.js";
import { pinnedArgv } from "./pinning.js";
import { SESSION_MARK } from "./session-mark.js";

export interface ChildOptions {
	/** Program and arguments; never a shell line. */
	readonly argv: readonly string[];
	readonly cwd?: string;
	/** The whole environment; by default ours. */
	readonly env?: NodeJS.ProcessEnv;
	/** CPU list for taskset ("1", "0-2"), or null. */
	readonly pinnedCpus?: string | null;
	readonly stdio: StdioOptions;
}

const session = randomBytes(8).toString("hex");
let warden: ChildProcess | undefined;

/**
 * The only place that starts long-lived processes. Every child leads a process group of its own, carries the session's
 * mark in its environment and is known to the warden, which ends it when we are gone, however we went.
 *
 * @throws KnownError COMMAND_NOT_FOUND
 */
export async function startChild(options: ChildOptions): Promise<ChildProcess & { readonly pid: number }> {
	const argv = options.pinnedCpus ? pinnedArgv(options.pinnedCpus, options.argv) : options.argv;
	const [program, ...args] = argv;
	if (program === undefined) throw new RangeError("an empty command line");
	refuseMissingCommand(options);
	warden ??= startWarden();
	const child = spawn(program, args, {
		...(options.cwd === undefined ? {} : { cwd: options.cwd }),
		env: { ...(options.env ?? process.env), [SESSION_MARK]: session },
		stdio: options.stdio,
		detached: true,
		serialization: "advanced",
	});
	if (child.pid !== undefined) {
		tellWarden(`watch ${child.pid}`);
		return child as ChildProcess & { readonly pid: number };
	}
	const error = await new Promise<unknown>((resolve) => child.once("error", resolve));
	throw cannotStart(options, messageOf(error), error);
}

/** Looked for by ourselves, because taskset would start, fail to find it, and look like a target that exits. */
function refuseMissingCommand({ argv, cwd, env }: ChildOptions): void {
	const [program = ""] = argv;
	const folders = program.includes("/")
		? [cwd ?? process.cwd()]
		: ((env ?? process.env).PATH ?? "").split(delimiter).map((folder) => folder || ".");
	if (!folders.some((folder) => isExecutable(resolve(folder, program)))) {
		throw cannotStart({ argv }, "no such command");
	}
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return statSync(file).isFile();
	} catch {
		return false;
	}
}

const cannotStart = ({ argv }: Pick<ChildOptions, "argv">, why: string, cause?: unknown): KnownError =>
	new KnownError({
		code: "COMMAND_NOT_FOUND",
		what: `cannot start ${argv[0]}`,
		why,
		fix: "check the command after --",
		cause,
	});

/** The warden need not look after this one any more. */
export function forgetChild(pid: number): void {
	if (warden !== undefined) tellWarden(`forget ${pid}`);
}

/** A folder of ours that is to be removed when we are gone, however we went; returns what removes it before that. */
export function keepFolder(folder: string): () => Promise<void> {
	warden ??= startWarden();
	tellWarden(`keep ${folder}`);
	return async () => {
		await rm(folder, { recursive: true, force: true });
		tellWarden(`removed ${folder}`);
	};
}

function tellWarden(line: string): void {
	warden?.stdin?.write(`${line}\n`);
}

function startWarden(): ChildProcess {
	const child = spawn(process.execPath, [entryPoint("process/warden"), session], {
		stdio: ["pipe", "ignore", "ignore"],
		detached: true,
	});
	// A warden that cannot run must not take the measurement with it.
	child.on("error", () => {});
	child.stdin.on("error", () => {});
	child.unref();
	(child.stdin as unknown as { unref(): void }).unref();
	return child;
}
