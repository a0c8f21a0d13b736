import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git, gitFailed } from "./git.js";

/** The folders of worktrees carry the id of their owner, so that those of one that was killed can be told. */
const PREFIX = "az-prof-worktrees-";

/** Worktrees of one comparison, all in one temporary folder. */
export class Worktrees {
	readonly #root: string;
	readonly #folder: string;

	/** @param root the top folder of the repository */
	constructor(root: string) {
		this.#root = root;
		this.#folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
	}

	/** Checks a commit out. @throws KnownError GIT */
	async add(name: string, commit: string): Promise<string> {
		const path = join(this.#folder, name);
		try {
			await git(this.#root, "worktree", "add", "--detach", "--force", path, commit);
			return path;
		} catch (error) {
			throw gitFailed(`cannot check out ${commit.slice(0, 7)}`, error);
		}
	}

	/** Removes all of them; also what is not whole. */
	async close(): Promise<void> {
		rmSync(this.#folder, { recursive: true, force: true });
		await git(this.#root, "worktree", "prune").catch(() => {});
	}
}

/** Removes the worktrees of owners that have gone without doing so themselves. */
export async function removeStaleWorktrees(root: string): Promise<void> {
	const stale = readdirSync(tmpdir()).filter((name) => {
		const pid = Number(name.slice(PREFIX.length).split("-")[0]);
		return name.startsWith(PREFIX) && Number.isInteger(pid) && pid > 0 && !isAlive(pid);
	});
	for (const name of stale) rmSync(join(tmpdir(), name), { recursive: true, force: true });
	if (stale.length > 0 && existsSync(root)) await git(root, "worktree", "prune").catch(() => {});
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}
