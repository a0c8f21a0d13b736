import { execFile } from "node:child_process";
import { KnownError, systemErrorCode } from "#src/errors.js";
import { nearest } from "#src/nearest.js";
import { marked } from "#src/process/session-mark.js";

const MOST_OUTPUT = 64 * 1024 * 1024;
const MOST_NAMES = 2_000;

/** Set by git for its hooks: they would make every git below us work on another index or repository. */
const LOCAL_VARIABLES = [
	"GIT_DIR",
	"GIT_WORK_TREE",
	"GIT_INDEX_FILE",
	"GIT_PREFIX",
	"GIT_COMMON_DIR",
	"GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES",
];

/** Our environment, without what ties git to one repository. */
export const withoutGitVariables = (env: Readonly<NodeJS.ProcessEnv> = process.env): NodeJS.ProcessEnv =>
	Object.fromEntries(Object.entries(env).filter(([name]) => !LOCAL_VARIABLES.includes(name)));

/**
 * Runs git in a folder, without hooks (a post-checkout hook may install things), and returns what it printed. On abort git is told
 * to end, and waited for.
 * @throws KnownError GIT with git's own message; what the signal was aborted with
 */
export async function git(cwd: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
	signal?.throwIfAborted();
	return new Promise((resolve, reject) => {
		const env = marked({ ...withoutGitVariables(), LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" });
		const options = { cwd, env, maxBuffer: MOST_OUTPUT };
		const child = execFile("git", ["-c", "core.hooksPath=/dev/null", ...args], options, (error, stdout, stderr) => {
			signal?.removeEventListener("abort", end);
			if (signal?.aborted) reject(signal.reason);
			else if (error === null) resolve(stdout.trimEnd());
			else reject(systemErrorCode(error) === "ENOENT" ? noGit(error) : failedGit(args, stderr, error));
		});
		const end = (): void => void child.kill();
		signal?.addEventListener("abort", end, { once: true });
	});
}

const OTHERWISE = "or name the sides by --base-cmd and --head-cmd";

const noGit = (cause: unknown): KnownError =>
	new KnownError({
		code: "GIT",
		what: "cannot run git",
		why: "no such command",
		fix: `install it, ${OTHERWISE}`,
		cause,
	});

function failedGit([verb]: readonly string[], stderr: string, cause: unknown): KnownError {
	const lines = stderr.split("\n").filter((line) => line.trim() !== "");
	const fatal = lines.findIndex((line) => /^(fatal|error): /.test(line));
	const why = lines[Math.max(fatal, 0)]?.replace(/^(fatal|error): /, "");
	return new KnownError({
		code: "GIT",
		what: `git ${verb} failed`,
		...(why === undefined ? {} : { why }),
		fix: `mend that first (git status may say more), ${OTHERWISE}`,
		details: lines.slice(fatal + 1),
		cause,
	});
}

export interface Repository {
	/** The top folder of its working tree, without symbolic links. */
	readonly root: string;
	/** The folder that was asked about, from the root on; "" for the root itself. */
	readonly inside: string;
}

/** The repository that a folder is in. @throws KnownError GIT where there is none, or no git */
export async function repositoryOf(cwd: string): Promise<Repository> {
	try {
		const [root = "", prefix = ""] = (await git(cwd, ["rev-parse", "--show-toplevel", "--show-prefix"])).split("\n");
		return { root, inside: prefix.replace(/\/$/, "") };
	} catch (error) {
		if (!(error instanceof KnownError)) throw error;
		if (/must be run in a work tree/.test(error.message)) throw noWorkingTree(cwd, error);
		if (!/not a git repository/.test(error.message)) throw error;
		throw new KnownError({
			code: "GIT",
			what: `${cwd} is not in a git repository`,
			fix: `run compare in one, ${OTHERWISE}`,
			cause: error,
		});
	}
}

const noWorkingTree = (cwd: string, cause: unknown): KnownError =>
	new KnownError({
		code: "GIT",
		what: `${cwd} has no working tree`,
		why: "it is a bare repository, or the inside of .git",
		fix: `run compare in a clone of it (git clone), ${OTHERWISE}`,
		cause,
	});

/**
 * The commit that a ref stands for.
 * @param option where the ref was given: "--base"
 * @throws KnownError GIT where there is no such ref, with the one that is spelled most like it
 */
export async function commitOf(cwd: string, ref: string, option: string): Promise<string> {
	try {
		// In two steps: what follows ":/" is a text to look for in messages, "^{commit}" included.
		const object = await git(cwd, ["rev-parse", "--verify", "--quiet", "--end-of-options", ref]);
		return await git(cwd, ["rev-parse", "--verify", "--quiet", `${object}^{commit}`]);
	} catch (cause) {
		const similar = await similarRef(cwd, ref);
		const shallow = await git(cwd, ["rev-parse", "--is-shallow-repository"]).catch(() => "");
		throw new KnownError({
			code: "GIT",
			what: `there is no commit "${ref}" in this repository`,
			...(similar === undefined ? {} : { why: `there is "${similar}"` }),
			fix:
				shallow === "true"
					? `check ${option}, or fetch it: this clone is shallow (git fetch --unshallow)`
					: `give ${option} a branch, a tag or a commit`,
			cause,
		});
	}
}

async function similarRef(cwd: string, ref: string): Promise<string | undefined> {
	if (ref === "" || /^[0-9a-f]{7,64}$/.test(ref)) return undefined;
	const kinds = ["refs/heads", "refs/tags", "refs/remotes"];
	const list = ["for-each-ref", "--format=%(refname:short)", "--sort=-creatordate", `--count=${MOST_NAMES}`, ...kinds];
	const names = (await git(cwd, list).catch(() => "")).split("\n").filter(Boolean);
	return nearest(ref, names);
}

/** Whether files that git knows differ from the last commit. */
export const isDirty = async (cwd: string): Promise<boolean> =>
	(await git(cwd, ["status", "--porcelain", "--untracked-files=no"])) !== "";

/** Whether a commit has something at a path from the repository's root on. */
export const hasPath = (root: string, commit: string, path: string): Promise<boolean> =>
	git(root, ["cat-file", "-e", `${commit}:${path}`]).then(
		() => true,
		() => false,
	);
