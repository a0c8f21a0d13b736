import { mkdirSync, mkdtempSync, readdirSync, realpathSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { KnownError, messageOf, systemErrorCode } from "#src/errors.js";
import { keepFolder } from "#src/process/warden-line.js";
import { git } from "./git.js";

/** Our folders carry the id of their owner, so that those of one that was killed can be told. */
const PREFIX = "az-prof-worktrees-";

/** A folder for as long as this process lives: the warden removes it when we are gone, and later runs where even that failed. */
export interface OwnedFolder {
	readonly path: string;
	/** What cannot be removed now is removed as stale by a later run. */
	remove(): Promise<void>;
}

/** A new one below `parent`. @throws KnownError RUN_FOLDER */
export function makeOwnedFolder(parent: string): OwnedFolder {
	try {
		mkdirSync(parent, { recursive: true });
		const path = realpathSync(mkdtempSync(join(parent, `${PREFIX}${process.pid}-`)));
		const remove = keepFolder(path);
		return { path, remove: () => remove().catch(() => {}) };
	} catch (error) {
		throw new KnownError({
			code: "RUN_FOLDER",
			what: `cannot make a folder in ${parent}`,
			why: messageOf(error),
			fix: "set TMPDIR and XDG_CACHE_HOME to folders that can be written",
			cause: error,
		});
	}
}

export const isOwnedFolder = (path: string): boolean => basename(path).startsWith(PREFIX);

/** The process that such a folder belongs to has ended. */
function isStale(folder: string): boolean {
	const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(basename(folder))?.[1];
	return pid !== undefined && !isAlive(Number(pid));
}

export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return systemErrorCode(error) === "EPERM";
	}
}

/** Worktrees of one comparison, all in one folder. */
export class Worktrees {
	readonly #root: string;
	readonly #parent: string;
	readonly #paths: string[] = [];
	#folder: OwnedFolder | undefined;

	/**
	 * @param root the top folder of the repository
	 * @param parent where the folder is made
	 */
	constructor(root: string, parent: string) {
		this.#root = root;
		this.#parent = parent;
	}

	/**
	 * Checks a commit out.
	 * @throws KnownError GIT, RUN_FOLDER; what the signal was aborted with
	 */
	async add(name: string, commit: string, signal: AbortSignal): Promise<string> {
		this.#folder ??= makeOwnedFolder(this.#parent);
		const path = join(this.#folder.path, name);
		this.#paths.push(path);
		try {
			// In two steps, because the checkout would be a child of `worktree add` that goes on when its parent is ended.
			await git(this.#root, ["worktree", "add", "--detach", "--no-checkout", path, commit], signal);
			await git(path, ["reset", "--hard", "--quiet"], signal);
			return path;
		} catch (error) {
			if (!(error instanceof KnownError)) throw error;
			throw error.with({ what: `cannot check out ${commit.slice(0, 7)}` });
		}
	}

	/** The repository forgets a worktree whose folder is somewhere else now. */
	async forget(path: string): Promise<void> {
		await unregister(this.#root, path);
	}

	/** Removes all of them, also what is not whole. */
	async close(): Promise<void> {
		await this.#folder?.remove();
		for (const path of this.#paths.splice(0)) await unregister(this.#root, path);
	}
}

/** Not `worktree prune`: that would also forget worktrees of others, whose disk is away for a while. */
const unregister = (root: string, path: string): Promise<unknown> =>
	git(root, ["worktree", "remove", "--force", "--force", path]).catch(() => {});

const remove = (folder: string): Promise<void> =>
	rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});

/**
 * Removes the worktrees of owners that have ended without doing so themselves, from the repository and from folders.
 * @param parents where worktrees are made
 */
export async function removeStaleWorktrees(root: string, parents: readonly string[]): Promise<void> {
	for (const parent of parents) {
		for (const name of namesIn(parent).filter(isStale)) await remove(join(parent, name));
	}
	const listed = await git(root, ["worktree", "list", "--porcelain"]).catch(() => "");
	for (const [, path = ""] of listed.matchAll(/^worktree (.+)$/gm)) {
		if (!isStale(dirname(path))) continue;
		await remove(dirname(path));
		await unregister(root, path);
	}
}

function namesIn(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}
