import { existsSync } from "node:fs";
import { copyFile, link, lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { KnownError, messageOf } from "#src/errors.js";
import type { Difference, DifferenceOf } from "#src/model/diagnosis.js";
import { linkInstalled } from "./dependencies.js";
import { endsOf } from "./difference-hunks.js";
import type { Differences, Trees } from "./differences.js";
import { git } from "./git.js";
import { runPreparation } from "./prepare.js";
import {
	type OpenOptions,
	type PreparedSide,
	preparedSide,
	type RefsRequest,
	type SideRequest,
} from "./side-request.js";
import { wordChanges } from "./word-changes.js";
import type { Worktrees } from "./worktrees.js";

/** Head, in which something is as on base. */
export interface HeadWithout {
	readonly side: PreparedSide;
	/** Removes what was checked out for it. Never rejects. */
	close(): Promise<void>;
}

/** What it is made of. */
export interface HeadTree extends Trees {
	readonly request: RefsRequest;
	readonly options: OpenOptions;
	/** The folder of the command, from the root on. */
	readonly inside: string;
	readonly worktrees: Worktrees;
	/** Head itself. */
	readonly side: PreparedSide;
}

/** What only installs what a lockfile says: it makes nothing of the code. */
const INSTALLS =
	/^\s*(?:npm (?:ci|i|install)|pnpm (?:i|install)|yarn(?: install)?|bun (?:i|install))(?:\s+--?[\w=-]+)*\s*$/;
/** Copied beside what git knows. */
const MOST_UNTRACKED = 2_000;

let made = 0;

/**
 * A worktree of head in which these differences are as on base.
 * @throws KnownError PREPARE_FAILED where they cannot be taken back alone; GIT, RUN_FOLDER; what the signal was aborted with
 */
export async function headTreeWithout(
	tree: HeadTree,
	all: Differences,
	parts: readonly Difference[],
): Promise<HeadWithout> {
	const { options, worktrees, root, inside, request, side: whole } = tree;
	const name = `without-${++made}`;
	const commit = tree.head ?? (await git(root, ["rev-parse", "HEAD"], options.signal));
	const worktree = await worktrees.add(name, commit, options.signal);
	const close = (): Promise<void> => worktrees.forget(worktree).catch(() => {});
	try {
		if (tree.head === null) await copyUncommitted(tree, worktree);
		const packages = parts.filter((each) => each.kind === "package");
		const builds = request.prepare !== null && !INSTALLS.test(request.prepare);
		if (!builds && packages.length === 0) linkInstalled({ root: tree.headRoot, worktree }, inside);
		for (const file of new Set(parts.flatMap((each) => (each.kind === "lines" ? [each.file] : [])))) {
			const lines = parts.filter((each) => each.kind === "lines").filter((each) => each.file === file);
			await takeBackLines(lines, tree.baseRoot, worktree);
		}
		for (const part of parts.filter((each) => each.kind === "file")) await takeBackFile(part, tree.baseRoot, worktree);
		if (builds) {
			await runPreparation({ ...options, name, inside, line: request.prepare ?? "" }, worktree);
		}
		if (packages.length > 0) {
			if (!builds) await copyInstalled(packages, tree, worktree);
			for (const each of packages) await takeBackPackage(each, all.places.get(each.id) ?? [], tree.baseRoot, worktree);
		}
		options.signal.throwIfAborted();
		const cwd = join(worktree, inside);
		return { side: preparedSide({ ...whole.side, cwd, dirty: true }, whole.spec.env, whole.side.envNames), close };
	} catch (error) {
		await close();
		options.signal.throwIfAborted();
		throw error instanceof KnownError ? error : notAlone(messageOf(error), error);
	}
}

const notAlone = (why: string, cause?: unknown): KnownError =>
	new KnownError({ code: "PREPARE_FAILED", what: "it cannot be taken back alone", why, cause });

/** What differs from the last commit in the working tree, and what git does not know of but does not ignore. */
async function copyUncommitted({ root, inside, options }: HeadTree, worktree: string): Promise<void> {
	const listed = async (...args: string[]): Promise<string[]> =>
		(await git(root, args, options.signal)).split("\0").filter((path) => path !== "");
	const changed = await listed("diff", "--name-only", "-z", "--no-renames", "HEAD");
	const untracked = await listed("ls-files", "--others", "--exclude-standard", "-z");
	if (untracked.length > MOST_UNTRACKED) {
		throw notAlone(`the working tree has ${untracked.length} files that git does not know of`);
	}
	for (const path of [...changed, ...untracked, join(inside, ".env")]) {
		const [from, to] = [join(root, path), join(worktree, path)];
		if (existsSync(from)) await copyEntry(from, to);
		else await rm(to, { force: true });
	}
}

/** From the last stretch to the first, so that the places of the others stay as they are. */
async function takeBackLines(
	parts: readonly DifferenceOf<"lines">[],
	baseRoot: string,
	worktree: string,
): Promise<void> {
	const [first] = parts;
	if (first === undefined) return;
	const file = join(worktree, first.file);
	if (first.baseFile === null) return rm(file, { force: true });
	const base = linesOf(await readFile(join(baseRoot, first.baseFile), "latin1"));
	let head = linesOf(await readFile(file, "latin1"));
	for (const part of parts.toSorted((a, b) => b.head.from - a.head.from)) {
		const [from, to] = endsOf(part.base);
		const [start, end] = endsOf(part.head);
		if (end - 1 > head.length || to - 1 > base.length) throw notAlone(`${first.file} is not as git says`);
		head = [...head.slice(0, start - 1), ...base.slice(from - 1, to - 1), ...head.slice(end - 1)];
	}
	const whole = head.map((line, index) => (index < head.length - 1 && !line.endsWith("\n") ? `${line}\n` : line));
	await replace(file, whole.join(""));
}

/** With their ends. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Not in place: the file may be a link to one of another tree. */
async function replace(file: string, text: string): Promise<void> {
	const { mode } = await lstat(file);
	await rm(file);
	await writeFile(file, text, { encoding: "latin1", mode });
}

async function takeBackFile(
	{ file, baseFile }: DifferenceOf<"file">,
	baseRoot: string,
	worktree: string,
): Promise<void> {
	await rm(join(worktree, file), { force: true });
	if (baseFile !== null) await copyEntry(join(baseRoot, baseFile), join(worktree, baseFile));
}

/** A node_modules of its own: what is linked would find other packages from where it really lies. */
async function copyInstalled(
	packages: readonly DifferenceOf<"package">[],
	{ headRoot, options }: HeadTree,
	worktree: string,
): Promise<void> {
	for (const folder of new Set(packages.map(({ lockfile }) => dirname(lockfile)))) {
		const from = join(headRoot, folder, "node_modules");
		if (!existsSync(from)) throw notAlone(`there is no ${from}`);
		await copyTree(from, join(worktree, folder, "node_modules"), options.signal);
	}
}

async function takeBackPackage(
	{ name, base, head }: DifferenceOf<"package">,
	places: readonly string[],
	baseRoot: string,
	worktree: string,
): Promise<void> {
	for (const place of places) {
		const [from, to] = [join(baseRoot, place), join(worktree, place)];
		if (!existsSync(from) && !existsSync(to)) continue;
		await rm(to, { recursive: true, force: true });
		if (existsSync(from)) await copyTree(from, to);
		else if (base !== null && places.length === 1) throw notAlone(`base has no ${place}`);
	}
	if (places.every((place) => !existsSync(join(baseRoot, place))) && base !== null) {
		throw notAlone(`${name} ${base} is not installed on base, only ${head ?? "none"} on head`);
	}
}

/** By hard links where both are on one file system: nothing is written into the files. */
async function copyTree(from: string, to: string, signal?: AbortSignal): Promise<void> {
	signal?.throwIfAborted();
	await mkdir(to, { recursive: true });
	for (const entry of await readdir(from, { withFileTypes: true })) {
		const [source, target] = [join(from, entry.name), join(to, entry.name)];
		if (entry.isDirectory()) await copyTree(source, target, signal);
		else if (entry.isSymbolicLink()) await copyEntry(source, target);
		else await link(source, target).catch(() => copyFile(source, target));
	}
}

async function copyEntry(from: string, to: string): Promise<void> {
	const entry = await lstat(from);
	if (entry.isDirectory()) return copyTree(from, to);
	await mkdir(dirname(to), { recursive: true });
	await rm(to, { force: true });
	if (entry.isSymbolicLink()) await symlink(await readlink(from), to);
	else await copyFile(from, to);
}

/** The command of head, with variables or words of base. */
export function startWithout(
	request: Exclude<SideRequest, { kind: "refs" }>,
	head: PreparedSide,
	parts: readonly Difference[],
): HeadWithout {
	const close = async (): Promise<void> => {};
	if (request.kind === "environments") {
		const names = new Set(parts.flatMap((each) => (each.kind === "variable" ? [each.name] : [])));
		const kept = Object.entries(request.headEnv).filter(([name]) => !names.has(name));
		const back = Object.entries(request.baseEnv).filter(([name]) => names.has(name));
		const env = Object.fromEntries([...kept, ...back]);
		return { side: preparedSide(head.side, env, head.side.envNames), close };
	}
	const isTaken = (base: readonly string[], words: readonly string[]): boolean =>
		parts.some(
			(each) =>
				each.kind === "words" && each.base.join("\0") === base.join("\0") && each.head.join("\0") === words.join("\0"),
		);
	const argv: string[] = [];
	let done = 0;
	for (const { base, head: to } of wordChanges(request.base, request.head)) {
		const [before, after] = [request.base.slice(base.from, base.to), request.head.slice(to.from, to.to)];
		argv.push(...request.head.slice(done, to.from), ...(isTaken(before, after) ? before : after));
		done = to.to;
	}
	argv.push(...request.head.slice(done));
	return { side: preparedSide({ ...head.side, argv }, {}, [], request.cwd), close };
}
