import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { KnownError, messageOf } from "#src/errors.js";
import { Descendants } from "./descendants.js";
import { type EndOptions, endGroups } from "./end-group.js";
import { pinnedArgv } from "./pinning.js";
import { marked } from "./session-mark.js";
import { tellWarden } from "./warden-line.js";

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

/** How often we look what the children have started, to find it again when its parent is gone. */
const GLANCE_MS = 500;
const children = new Map<number, Descendants>();
let glances: NodeJS.Timeout | undefined;

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
	const child = spawn(program, args, {
		...(options.cwd === undefined ? {} : { cwd: options.cwd }),
		env: marked(options.env ?? process.env),
		stdio: options.stdio,
		detached: true,
		serialization: "advanced",
	});
	if (child.pid !== undefined) {
		watch(child.pid);
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

function watch(pid: number): void {
	tellWarden.watch(pid);
	children.set(pid, new Descendants(pid, (seen) => tellWarden.saw(pid, seen)));
	glances ??= setInterval(() => {
		for (const descendants of children.values()) descendants.glance();
	}, GLANCE_MS).unref();
}

/** A child of ours and all that it has started, as far as it lives. */
export const livingTree = (pid: number): number[] => children.get(pid)?.look() ?? [];

/** Ends a child, its group, and what it has started. */
export async function endChild(pid: number, options: Omit<EndOptions, "descendants">): Promise<void> {
	const descendants = children.get(pid);
	await endGroups([pid], { ...options, descendants: descendants === undefined ? [] : [descendants] });
	forgetChild(pid);
}

/** It has ended, and left nothing behind. */
export function forgetChild(pid: number): void {
	children.delete(pid);
	tellWarden.forget(pid);
	if (children.size > 0) return;
	clearInterval(glances);
	glances = undefined;
}
