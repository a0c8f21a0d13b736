import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { KnownError, messageOf, systemErrorCode } from "#src/errors.js";
import { userCacheFolder } from "#src/store/user-cache.js";
import { isAlive, isOwnedFolder, makeOwnedFolder } from "./worktrees.js";

/** Trees beyond this many are removed, those that were used longest ago first. */
const KEPT = 10;
const LOCK = ".lock";
let locksMade = 0;

/** In the user's cache: az-prof/prepared. */
export function defaultCacheFolder(env: Readonly<NodeJS.ProcessEnv> = process.env): string {
	return join(userCacheFolder(env), "prepared");
}

/**
 * Commits that were prepared, each whole or not there: <folder>/<key>. Whoever uses one holds a lock file with its process id beside
 * it, and what is locked is not removed.
 */
export class PreparedTrees {
	readonly #folder: string;
	readonly #locks: string[] = [];

	constructor(folder: string) {
		this.#folder = folder;
	}

	/** The tree of a key, locked until `release`; null where there is none. */
	take(key: string): string | null {
		const tree = join(this.#folder, key);
		if (!existsSync(tree)) return null;
		this.#lock(key);
		// Between the two lines above, another run may have removed it.
		return existsSync(tree) ? tree : null;
	}

	/**
	 * Moves a tree in and returns where it is, locked; removes what is too much. The tree must be on the same file system.
	 * @throws KnownError PREPARE_FAILED
	 */
	async keep(key: string, from: string): Promise<string> {
		const tree = join(this.#folder, key);
		this.#lock(key);
		// What ties it to the repository: it is a plain folder from now on.
		await rm(join(from, ".git"), { recursive: true, force: true });
		try {
			await rename(from, tree);
		} catch (error) {
			// Another run has prepared the same meanwhile; that one is as good.
			if (!["ENOTEMPTY", "EEXIST"].includes(systemErrorCode(error) ?? "")) throw cannotKeep(this.#folder, error);
		}
		touch(tree);
		await this.#removeOldest();
		return tree;
	}

	/** What was taken or kept may be removed by others. */
	release(): void {
		for (const lock of this.#locks.splice(0)) rmSync(lock, { force: true });
	}

	#lock(key: string): void {
		const lock = join(this.#folder, `${key}.${process.pid}.${++locksMade}${LOCK}`);
		try {
			writeFileSync(lock, "");
		} catch (error) {
			throw cannotKeep(this.#folder, error);
		}
		this.#locks.push(lock);
		touch(join(this.#folder, key));
	}

	async #removeOldest(): Promise<void> {
		const names = readdirSync(this.#folder);
		const locked = new Set(names.filter((name) => name.endsWith(LOCK)).flatMap((name) => this.#keyInUse(name)));
		const trees = names
			.filter((name) => !name.endsWith(LOCK) && !isOwnedFolder(name))
			.map((name) => ({ name, usedMs: statSync(join(this.#folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
			.sort((a, b) => b.usedMs - a.usedMs)
			.slice(KEPT)
			.filter(({ name }) => !locked.has(name));
		if (trees.length === 0) return;
		// Renamed first, so that no half of one is ever found under its key.
		const away = makeOwnedFolder(this.#folder);
		for (const { name } of trees) {
			try {
				renameSync(join(this.#folder, name), join(away.path, name));
			} catch {
				// Another run removes it as well.
			}
		}
		await away.remove();
	}

	/** The key of a lock whose owner lives; a lock without an owner is removed. */
	#keyInUse(name: string): string[] {
		const [key = "", pid] = name.slice(0, -LOCK.length).split(".");
		if (isAlive(Number(pid))) return [key];
		rmSync(join(this.#folder, name), { force: true });
		return [];
	}
}

/** Marks a tree as used now. */
function touch(tree: string): void {
	try {
		utimesSync(tree, new Date(), new Date());
	} catch {
		// It is not there yet, or not any more.
	}
}

const cannotKeep = (folder: string, cause: unknown): KnownError =>
	new KnownError({
		code: "PREPARE_FAILED",
		what: `cannot keep a prepared commit in ${folder}`,
		why: messageOf(cause),
		fix: "set XDG_CACHE_HOME to a folder that can be written",
		cause,
	});
