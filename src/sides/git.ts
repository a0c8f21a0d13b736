import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { KnownError, messageOf, systemErrorCode } from "../errors.js";

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;
const MOST_OUTPUT = 64 * 1024 * 1024;

/** Runs git in a folder and returns what it printed. Rejects with git's own error. */
export async function git(cwd: string, ...args: readonly string[]): Promise<string> {
	const { stdout } = await run("git", args, { cwd, timeout: TIMEOUT_MS, maxBuffer: MOST_OUTPUT });
	return stdout.trimEnd();
}

/** The top folder of the repository that `cwd` is in. @throws KnownError GIT where there is none, or no git */
export async function repositoryRoot(cwd: string): Promise<string> {
	try {
		return await git(cwd, "rev-parse", "--show-toplevel");
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") {
			throw new KnownError({
				code: "GIT",
				what: "git is not installed",
				fix: "install it, or name the sides by --base-cmd and --head-cmd",
			});
		}
		throw new KnownError({
			code: "GIT",
			what: `${cwd} is not in a git repository`,
			fix: "run compare inside of one, or name the sides by --base-cmd and --head-cmd",
			cause: error,
		});
	}
}

/** The commit that a ref stands for. @throws KnownError GIT where there is no such ref */
export async function commitOf(cwd: string, ref: string): Promise<string> {
	try {
		return await git(cwd, "rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`);
	} catch (error) {
		const branches = await git(
			cwd,
			"for-each-ref",
			"--format=%(refname:short)",
			"--count=8",
			"refs/heads",
			"refs/tags",
		).catch(() => "");
		throw new KnownError({
			code: "GIT",
			what: `there is no commit "${ref}" in this repository`,
			...(branches === "" ? {} : { why: `there are ${branches.split("\n").join(", ")}` }),
			fix: "check --base and --head; a shallow clone lacks older commits (git fetch --unshallow)",
			cause: error,
		});
	}
}

/** Whether files that git knows differ from the last commit. */
export const isDirty = async (cwd: string): Promise<boolean> =>
	(await git(cwd, "status", "--porcelain", "--untracked-files=no")) !== "";

/** A file as it is in a commit; null where the commit does not have it. */
export async function fileAt(root: string, commit: string, path: string): Promise<string | null> {
	try {
		return await git(root, "show", `${commit}:${path}`);
	} catch {
		return null;
	}
}

export const gitFailed = (what: string, error: unknown): KnownError =>
	new KnownError({
		code: "GIT",
		what,
		why: messageOf(error).split("\n").slice(-1)[0] ?? "",
		fix: "see git's own message",
		cause: error,
	});
