import { createHash } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KnownError, messageOf } from "#src/errors.js";
import { boundFile } from "#src/process/bounded-file.js";
import { endChild, startChild } from "#src/process/child.js";
import { withoutGitVariables } from "./git.js";
import type { PreparedTrees } from "./prepared-trees.js";
import type { OpenOptions, SideName } from "./side-request.js";
import type { Worktrees } from "./worktrees.js";

/** A shell line, and where it runs. */
interface PreparedLine extends Pick<OpenOptions, "signal" | "logFolder"> {
	/** Of the side, for people and its log. */
	readonly name: string;
	/** The folder of the command, from the repository's root on. */
	readonly inside: string;
	readonly line: string;
}

/** How a commit is made ready to run. */
export interface Preparation extends PreparedLine, Pick<OpenOptions, "say"> {
	readonly name: SideName;
	readonly commit: string;
	/** Where it is checked out; on the same file system as `trees`. */
	readonly worktrees: Worktrees;
	readonly trees: PreparedTrees;
}

const GRACE_MS = 2_000;
const SHOWN_LINES = 12;
/** In the environment of everything that preparing starts, so that nothing of it stays. */
const MARK = "AZ_PROF_PREPARE";

/**
 * The top folder of a prepared commit: one that was kept, or checked out, prepared and then kept.
 * @throws KnownError PREPARE_FAILED with the last lines of its output, GIT, RUN_FOLDER; what the signal was aborted with
 */
export async function prepared(preparation: Preparation): Promise<string> {
	const { name, commit, line, worktrees, trees, signal, say } = preparation;
	const key = keyOf(preparation);
	const kept = trees.take(key);
	if (kept !== null) {
		say(`${name}: ${line} (kept from before)`);
		return kept;
	}
	say(`${name}: checking out ${commit.slice(0, 7)}`);
	const worktree = await worktrees.add(name, commit, signal);
	say(`${name}: ${line}`);
	await runPreparation(preparation, worktree);
	const tree = await trees.keep(key, worktree);
	await worktrees.forget(worktree);
	return tree;
}

/**
 * Equal for what gives the same tree. The commit stands for every file in it, package.json and lock files included; Node and platform
 * for what compiles native code; NODE_ENV for what npm leaves out.
 */
function keyOf({ commit, inside, line }: Preparation): string {
	const parts = [commit, inside, line, process.version, process.platform, process.arch, process.env.NODE_ENV ?? ""];
	return `${commit.slice(0, 12)}-${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16)}`;
}

/** In a tree that is checked out; nothing is kept. @throws KnownError PREPARE_FAILED with the last lines of its output */
export async function runPreparation(
	{ line, name, inside, logFolder, signal }: PreparedLine,
	worktree: string,
): Promise<void> {
	const log = join(logFolder, `prepare-${name}.log`);
	const output = openLog(log);
	const stopBounding = boundFile(output);
	try {
		const code = await runShell(line, { cwd: join(worktree, inside), mark: worktree, output, signal });
		if (code === 0) return;
		throw new KnownError({
			code: "PREPARE_FAILED",
			what: `${name} could not be prepared: "${line}" ended with ${code === null ? "a signal" : `code ${code}`}`,
			fix: `see ${log}`,
			details: readFileSync(log, "utf8").trimEnd().split("\n").filter(Boolean).slice(-SHOWN_LINES),
		});
	} finally {
		stopBounding();
		closeSync(output);
	}
}

interface ShellOptions {
	readonly cwd: string;
	readonly mark: string;
	/** File descriptor. */
	readonly output: number;
	readonly signal: AbortSignal;
}

/** Resolves to the exit code when nothing of the line runs any more; null: it was ended by a signal. */
async function runShell(line: string, { cwd, mark, output, signal }: ShellOptions): Promise<number | null> {
	signal.throwIfAborted();
	const child = await startChild({
		argv: ["sh", "-c", line],
		cwd,
		// HUSKY: installing must not set the hooks of the user's repository, which worktrees share.
		env: { ...withoutGitVariables(), HUSKY: "0", [MARK]: mark },
		stdio: ["ignore", output, output],
	});
	const exited = once(child, "exit") as Promise<[number | null]>;
	const end = (): Promise<void> => endChild(child.pid, { graceMs: GRACE_MS, mark: { name: MARK, value: mark } });
	let ending: Promise<void> | undefined;
	const abort = (): void => {
		ending = end();
	};
	signal.addEventListener("abort", abort, { once: true });
	if (signal.aborted) abort();
	const [code] = await exited;
	signal.removeEventListener("abort", abort);
	// A server or a watcher that the line left behind would disturb what is measured.
	await (ending ?? end());
	signal.throwIfAborted();
	return code;
}

function openLog(file: string): number {
	try {
		return openSync(file, "a+");
	} catch (error) {
		throw new KnownError({
			code: "RUN_FOLDER",
			what: `cannot write ${file}`,
			why: messageOf(error),
			fix: "choose another folder with --out",
			cause: error,
		});
	}
}
