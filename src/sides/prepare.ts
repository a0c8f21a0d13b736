import { createHash } from "node:crypto";
import { once } from "node:events";
import {
	closeSync,
	existsSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	utimesSync,
} from "node:fs";
import { cp, rename } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { KnownError, messageOf, systemErrorCode } from "../errors.js";
import { forgetChild, startChild } from "../process/child.js";
import { endGroups } from "../process/end-group.js";
import { LOCKFILES } from "./dependencies.js";
import { fileAt, git } from "./git.js";

/** How a commit is made ready to run. */
export interface Preparation {
	readonly root: string;
	readonly commit: string;
	/** The folder of the command, from the repository's root on. */
	readonly inside: string;
	/** A shell line. */
	readonly line: string;
	/** "base", "head" */
	readonly name: string;
	readonly logFolder: string;
	readonly cacheFolder: string;
	readonly signal: AbortSignal;
	say(phase: string): void;
	/** Checks the commit out; called where it was not prepared before. */
	checkOut(): Promise<string>;
}

const KEPT = 10;
const GRACE_MS = 2_000;
const SHOWN_LINES = 12;

export const defaultCacheFolder = (env: Readonly<NodeJS.ProcessEnv> = process.env): string =>
	join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "az-prof", "prepared");

/**
 * The folder of a prepared commit: from the cache, or checked out, prepared and then kept. What is kept is whole or not there.
 * @throws KnownError PREPARE_FAILED with the last lines of its output
 */
export async function prepared(preparation: Preparation): Promise<string> {
	const { cacheFolder, name, say } = preparation;
	const kept = join(cacheFolder, await keyOf(preparation));
	if (existsSync(kept)) {
		say(`${name}: prepared before`);
		utimesSync(kept, new Date(), new Date());
		return kept;
	}
	const worktree = await preparation.checkOut();
	say(`${name}: ${preparation.line}`);
	await runLine(preparation, join(worktree, preparation.inside));
	mkdirSync(cacheFolder, { recursive: true });
	await move(worktree, kept);
	// What links it to the repository: it is a plain folder from now on.
	rmSync(join(kept, ".git"), { force: true, recursive: true });
	await git(preparation.root, "worktree", "prune").catch(() => {});
	removeOldest(cacheFolder, kept);
	return kept;
}

/** Equal for what gives the same tree: commit, lock files, line, and what compiles native code. */
async function keyOf({ root, commit, inside, line }: Preparation): Promise<string> {
	const files = await Promise.all(LOCKFILES.map((file) => fileAt(root, commit, join(inside, file))));
	const { platform, arch, versions } = process;
	const parts = [commit, inside, line, platform, arch, versions.modules, ...files];
	return `${commit.slice(0, 12)}-${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12)}`;
}

async function runLine({ line, name, logFolder, signal }: Preparation, cwd: string): Promise<void> {
	const log = join(logFolder, `prepare-${name}.log`);
	const output = openSync(log, "a");
	try {
		signal.throwIfAborted();
		const child = await startChild({ argv: ["sh", "-c", line], cwd, stdio: ["ignore", output, output] });
		const stop = (): void => void endGroups([child.pid], { graceMs: GRACE_MS });
		signal.addEventListener("abort", stop, { once: true });
		const [code] = (await once(child, "exit")) as [number | null];
		signal.removeEventListener("abort", stop);
		if (signal.aborted) await endGroups([child.pid], { graceMs: GRACE_MS });
		forgetChild(child.pid);
		signal.throwIfAborted();
		if (code === 0) return;
		throw new KnownError({
			code: "PREPARE_FAILED",
			what: `${name} could not be prepared: "${line}" ended with ${code === null ? "a signal" : `code ${code}`}`,
			fix: `see ${log}`,
			details: readFileSync(log, "utf8").trimEnd().split("\n").slice(-SHOWN_LINES),
		});
	} finally {
		closeSync(output);
	}
}

/** Renames, also from one file system to another; the name appears when all of it is there. */
async function move(from: string, to: string): Promise<void> {
	try {
		await rename(from, to);
	} catch (error) {
		if (systemErrorCode(error) !== "EXDEV") {
			// Another run may have prepared the same commit meanwhile.
			if (existsSync(to)) return;
			throw new KnownError({
				code: "PREPARE_FAILED",
				what: `cannot keep the prepared commit in ${dirname(to)}`,
				why: messageOf(error),
				fix: "set XDG_CACHE_HOME to a folder that can be written",
				cause: error,
			});
		}
		const draft = `${to}.${process.pid}.tmp`;
		await cp(from, draft, { recursive: true, verbatimSymlinks: true });
		await rename(draft, to);
		rmSync(from, { recursive: true, force: true });
	}
}

/** Those that were used longest ago go; one of the last hour may still be in use. */
function removeOldest(cacheFolder: string, inUse: string): void {
	const entries = readdirSync(cacheFolder)
		.map((name) => join(cacheFolder, name))
		.filter((path) => path !== inUse)
		.map((path) => ({ path, usedMs: statSync(path).mtimeMs }))
		.sort((a, b) => b.usedMs - a.usedMs);
	for (const { path, usedMs } of entries.slice(KEPT - 1)) {
		if (Date.now() - usedMs > 3_600_000) rmSync(path, { recursive: true, force: true });
	}
}
