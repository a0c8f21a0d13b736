import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { KnownError, usageError } from "#src/errors.js";
import type { Finding } from "#src/model/finding.js";
import { temporaryParent } from "#src/process/temporary-folder.js";
import { changedLines } from "./changed-lines.js";
import { refuseForeignFiles } from "./command-files.js";
import { useInstalled } from "./dependencies.js";
import { type Differences, differencesOfTrees } from "./differences.js";
import { commitOf, hasPath, isDirty, type Repository, repositoryOf } from "./git.js";
import { type HeadTree, headTreeWithout } from "./head-without.js";
import { prepared } from "./prepare.js";
import { defaultCacheFolder, PreparedTrees } from "./prepared-trees.js";
import { dirtyTree, envFileMissing, headNotPrepared, sameCommit, submodulesMissing } from "./side-notes.js";
import {
	type OpenOptions,
	type OpenSides,
	type PreparedSide,
	preparedSide,
	type RefsRequest,
	type SideName,
} from "./side-request.js";
import { startScriptOf } from "./start-script.js";
import { removeStaleWorktrees, Worktrees } from "./worktrees.js";

/** A side that is a commit. */
interface Wanted {
	readonly name: SideName;
	/** As the user wrote it. */
	readonly ref: string;
	readonly commit: string;
}

/**
 * Two git refs, each checked out into a worktree of its own; the working tree, where head is that, in place.
 * @throws KnownError GIT, PREPARE_FAILED, RUN_FOLDER, USAGE, or what the signal was aborted with; nothing is left behind then
 */
export async function openRefs(request: RefsRequest, options: OpenOptions): Promise<OpenSides> {
	const { cwd } = request;
	const headRef = request.head === "." ? null : request.head;
	if (request.base === ".") throw usageError("--base cannot be the working tree", "name a branch, a tag or a commit");
	const repository = await repositoryOf(cwd);
	const wanted: Wanted[] = [{ name: "base", ref: request.base, commit: await commitOf(cwd, request.base, "--base") }];
	const headCommit = await commitOf(cwd, headRef ?? "HEAD", "--head");
	if (headRef !== null) wanted.push({ name: "head", ref: headRef, commit: headCommit });
	for (const each of wanted) await refuseMissingFolder(repository, each);
	const dirty = await isDirty(repository.root);

	const cacheFolder = options.cacheFolder ?? defaultCacheFolder();
	const temporary = temporaryParent().path;
	await removeStaleWorktrees(repository.root, [temporary, cacheFolder]);
	// What is prepared is kept by renaming, so it has to be on the cache's file system from the start.
	const worktrees = new Worktrees(repository.root, request.prepare === null ? temporary : cacheFolder);
	const trees = new PreparedTrees(cacheFolder);
	const close = async (): Promise<void> => {
		trees.release();
		await worktrees.close();
	};
	try {
		const checkOuts = new CheckOuts(request, options, repository, worktrees, trees);
		const base = await checkOuts.side(wanted[0] as Wanted);
		const head =
			wanted[1] === undefined ? workingTree(request, { commit: headCommit, dirty }) : await checkOuts.side(wanted[1]);
		const notes: Finding[] = [
			...(headRef !== null && dirty ? [dirtyTree(headRef)] : []),
			...(wanted[0]?.commit === headCommit && !(headRef === null && dirty) ? [sameCommit()] : []),
			...(headRef === null && request.prepare !== null ? [headNotPrepared(request.prepare)] : []),
			...withoutEnvFile(cwd, [base, head]),
			...(await withoutSubmodules(repository, request, wanted)),
		];
		const rootOf = ({ side }: PreparedSide): string => resolve(side.cwd, relative(repository.inside, ""));
		const between = {
			...{ root: repository.root, base: base.side.commit ?? "", baseRoot: rootOf(base) },
			...{ head: wanted[1]?.commit ?? null, headRoot: rootOf(head), signal: options.signal },
		};
		const changed = await changedLines(
			repository.root,
			{ commit: between.base, root: between.baseRoot },
			{ commit: between.head, root: between.headRoot },
			options.signal,
		);
		options.signal.throwIfAborted();
		const parts = partsOf({ ...between, inside: repository.inside, request, options, worktrees, side: head });
		return { sides: [base, head], changedLines: changed, notes, ...parts, close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** What differs between two trees, and what head would be without it. */
function partsOf(tree: HeadTree): Pick<OpenSides, "roots" | "differences" | "headWithout"> {
	let known: Promise<Differences> | undefined;
	const differences = (): Promise<Differences> => {
		known ??= differencesOfTrees(tree);
		return known;
	};
	return {
		roots: { base: tree.baseRoot, head: tree.headRoot },
		differences,
		headWithout: async (ids) => {
			const all = await differences();
			const taken = all.differences.filter(({ id }) => ids.includes(id));
			return headTreeWithout(tree, all, taken);
		},
	};
}

async function refuseMissingFolder({ root, inside }: Repository, { ref, commit }: Wanted): Promise<void> {
	if (inside === "" || (await hasPath(root, commit, inside))) return;
	throw new KnownError({
		code: "GIT",
		what: `${ref} has no folder ${inside}`,
		why: "the command runs in the folder that az-prof is started in",
		fix: "start it in a folder that both commits have",
	});
}

class CheckOuts {
	constructor(
		readonly request: RefsRequest,
		readonly options: OpenOptions,
		readonly repository: Repository,
		readonly worktrees: Worktrees,
		readonly trees: PreparedTrees,
	) {}

	/** The command of a commit, in the folder of its checkout that is the current one here. */
	async side(wanted: Wanted): Promise<PreparedSide> {
		const { root, inside } = this.repository;
		const { name, ref, commit } = wanted;
		const worktree = await this.#tree(wanted);
		const cwd = join(worktree, inside);
		const argv = [...(this.request.argv ?? startScriptOf(cwd, ref))];
		refuseForeignFiles(argv, { root, worktree }, { inside, ref });
		return preparedSide({ name, label: labelOf(ref, commit), argv, cwd, commit, dirty: false });
	}

	async #tree({ name, ref, commit }: Wanted): Promise<string> {
		const { root, inside } = this.repository;
		const { worktrees, trees, options } = this;
		const line = this.request.prepare;
		if (line !== null) return prepared({ ...options, name, commit, inside, line, worktrees, trees });
		options.say(`${name}: checking out ${ref}`);
		const worktree = await worktrees.add(name, commit, options.signal);
		useInstalled({ root, worktree }, inside, ref);
		return worktree;
	}
}

/** "main (1a2b3c4)"; a commit that was named by its own id is not named twice. */
const labelOf = (ref: string, commit: string): string =>
	commit.startsWith(ref) ? commit.slice(0, 7) : `${ref} (${commit.slice(0, 7)})`;

function workingTree(request: RefsRequest, state: { readonly commit: string; readonly dirty: boolean }): PreparedSide {
	const { cwd } = request;
	const argv = [...(request.argv ?? startScriptOf(cwd, "the working tree"))];
	return preparedSide({ name: "head", label: "working tree", argv, cwd, ...state });
}

/** Many servers read .env, which is seldom in git. */
function withoutEnvFile(cwd: string, sides: readonly PreparedSide[]): Finding[] {
	if (!existsSync(join(cwd, ".env"))) return [];
	const without = sides.filter(({ side }) => !existsSync(join(side.cwd, ".env")));
	return without.length === 0 ? [] : [envFileMissing(without.map(({ side }) => side.name))];
}

async function withoutSubmodules(
	{ root }: Repository,
	{ prepare }: RefsRequest,
	wanted: readonly Wanted[],
): Promise<Finding[]> {
	if (prepare?.includes("submodule") === true) return [];
	const having: SideName[] = [];
	for (const { name, commit } of wanted) {
		if (await hasPath(root, commit, ".gitmodules")) having.push(name);
	}
	return having.length === 0 ? [] : [submodulesMissing(having)];
}
