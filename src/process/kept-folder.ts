import { lstatSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Removes a folder that we made, and what git keeps in the user's repository of worktrees in it. Only what git says is of
 * this very folder: the repository's file must name the worktree that names it.
 */
export function removeKeptFolder(folder: string): void {
	const records = foldersIn(folder).flatMap((worktree) => recordOf(worktree) ?? []);
	for (const path of [folder, ...records]) remove(path);
}

/** A worktree's .git is a file: "gitdir: /repository/.git/worktrees/NAME". There, the file gitdir names the worktree's .git. */
function recordOf(worktree: string): string | undefined {
	const link = join(worktree, ".git");
	try {
		const record = /^gitdir: (.+)$/m.exec(readFileSync(link, "utf8"))?.[1];
		if (record === undefined || basename(dirname(record)) !== "worktrees") return undefined;
		return readFileSync(join(record, "gitdir"), "utf8").trim() === link ? record : undefined;
	} catch {
		return undefined;
	}
}

function foldersIn(folder: string): string[] {
	try {
		return readdirSync(folder)
			.map((name) => join(folder, name))
			.filter((path) => lstatSync(path).isDirectory());
	} catch {
		return [];
	}
}

/** What cannot be removed stays; nobody is there to be told. */
function remove(path: string): void {
	try {
		rmSync(path, { recursive: true, force: true, maxRetries: 3 });
	} catch {
		// Not ours to remove any more.
	}
}
