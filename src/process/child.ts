import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { KnownError, type KnownErrorParts, messageOf } from "#src/errors.js";
import { whyNotStartable } from "./command-program.js";
import { Descendants } from "./descendants.js";
import { type EndOptions, endGroups } from "./end-group.js";
import { argvWithMark, carriesMark, type InheritedMark, newInheritedMark } from "./inherited-mark.js";
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
 * mark in its environment and one of its own that it hands down, and is known to the warden, which ends it when we are gone,
 * however we went.
 *
 * @throws KnownError COMMAND_NOT_FOUND
 */
export async function startChild(options: ChildOptions): Promise<ChildProcess & { readonly pid: number }> {
	const pinned = options.pinnedCpus ? pinnedArgv(options.pinnedCpus, options.argv) : options.argv;
	const mark = newInheritedMark();
	const argv = mark === null ? pinned : argvWithMark(mark, pinned);
	const [program, ...args] = argv;
	if (program === undefined) throw new RangeError("an empty command line");
	const whyNot = whyNotStartable(options.argv, options.cwd ?? process.cwd(), (options.env ?? process.env).PATH ?? "");
	if (whyNot !== null) throw cannotStart(options, whyNot);
	const child = spawn(program, args, {
		...(options.cwd === undefined ? {} : { cwd: options.cwd }),
		env: marked(options.env ?? process.env),
		stdio: options.stdio,
		detached: true,
		serialization: "advanced",
	});
	if (child.pid !== undefined) {
		watch(child.pid, mark);
		return child as ChildProcess & { readonly pid: number };
	}
	const error = await new Promise<unknown>((resolve) => child.once("error", resolve));
	throw cannotStart(options, { why: messageOf(error), fix: "check the command after --" }, error);
}

const cannotStart = (
	{ argv }: Pick<ChildOptions, "argv">,
	why: Pick<KnownErrorParts, "why" | "fix">,
	cause?: unknown,
): KnownError => new KnownError({ code: "COMMAND_NOT_FOUND", what: `cannot start ${argv[0]}`, ...why, cause });

function watch(pid: number, mark: InheritedMark | null): void {
	tellWarden.watch(pid, mark);
	const isMarked = (other: number): boolean => mark !== null && carriesMark(other, mark);
	children.set(pid, new Descendants(pid, (seen) => tellWarden.saw(pid, seen), isMarked));
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
