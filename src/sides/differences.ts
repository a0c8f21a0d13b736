import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import pMap from "p-map";
import type { Commit, Difference, Stretch, Unread } from "#src/model/diagnosis.js";
import { type Between, commitsOf, linesOfCommits } from "./blame.js";
import { installedBy } from "./dependencies.js";
import { endsOf, type Hunk, hunksOf, joined } from "./difference-hunks.js";
import { git } from "./git.js";
import { type PackageChange, packageChanges, readableLockfiles } from "./lockfile.js";
import type { SideRequest } from "./side-request.js";
import { splitByCommit } from "./split-hunk.js";
import { type WordChange, wordChanges } from "./word-changes.js";

/** What two sides differ in, and what of it cannot be taken apart. */
export interface Differences {
	readonly differences: readonly Difference[];
	readonly unread: readonly Unread[];
	/** By the id of a package: where it lies, from the root on. */
	readonly places: ReadonlyMap<string, readonly string[]>;
}

/** Of a change, for people. */
const SHOWN_LINES = 8;
const LONGEST_LINE = 160;
/** Of git, which is a process each. */
const AT_ONCE = { concurrency: 4 };
/** Who changed how often a text stands somewhere takes git long to find out. */
const MOST_ASKED = 20;
/** More than so many hunks are told file by file. */
const MOST_HUNKS = 400;

/** Without its id, which is given last. */
type Unnamed = Difference extends infer Each ? (Each extends Difference ? Omit<Each, "id"> : never) : never;

interface Found {
	readonly difference: Unnamed;
	readonly places?: readonly string[];
}

/** Both trees of a repository. */
export interface Trees extends Between {
	/** Where base is checked out, and where head is. */
	readonly baseRoot: string;
	readonly headRoot: string;
}

/** In which two commits differ, or a commit and the working tree. */
export async function differencesOfTrees(trees: Trees): Promise<Differences> {
	const { root, base, head, signal } = trees;
	const commits = [base, ...(head === null ? [] : [head])];
	const how = ["--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-prefix", "--find-renames"];
	const text = await git(root, ["-c", "core.quotePath=false", "diff", ...how, ...commits], signal);
	const { hunks, submodules } = hunksOf(text);
	const isCode = ({ headFile, baseFile }: Hunk): boolean => installedBy(basename(headFile ?? baseFile ?? "")) === null;
	const inCode = hunks.filter(isCode);
	const kept = inCode.slice(0, MOST_HUNKS);
	const locks = [
		...new Set(hunks.filter((each) => !isCode(each)).map(({ headFile, baseFile }) => headFile ?? baseFile ?? "")),
	];
	const packages = await Promise.all(locks.map((lockfile) => packagesIn(lockfile, trees)));
	const found: Found[] = [
		...(await pMap(groupedBy(kept, fileOf), (group) => ofFile(group, trees), AT_ONCE)).flat(),
		...(await binaryFiles(trees, commits)),
		...packages.flatMap((each) => each ?? []),
	];
	return named(found, [
		...locks.filter((_, index) => packages[index] === null).map((name): Unread => ({ kind: "lockfile", name })),
		...submodules.map((name): Unread => ({ kind: "submodule", name })),
		...[...new Set(inCode.slice(MOST_HUNKS).map(fileOf))].map((name): Unread => ({ kind: "too many", name })),
	]);
}

function named(found: readonly Found[], unread: readonly Unread[]): Differences {
	const differences = found.map(({ difference }, index) => ({ ...difference, id: String(index + 1) }) as Difference);
	const places = new Map(
		found.flatMap(({ places: its }, index) => (its === undefined ? [] : [[String(index + 1), its]])),
	);
	return { differences, unread, places };
}

const fileOf = ({ headFile, baseFile }: Hunk): string => headFile ?? baseFile ?? "";

function groupedBy<T>(all: readonly T[], key: (each: T) => string): T[][] {
	const groups = new Map<string, T[]>();
	for (const each of all) groups.set(key(each), [...(groups.get(key(each)) ?? []), each]);
	return [...groups.values()];
}

async function ofFile(hunks: readonly Hunk[], trees: Trees): Promise<Found[]> {
	const [first] = hunks;
	if (first === undefined) return [];
	const file = fileOf(first);
	if (first.headFile === null) {
		const commits = await commitsOf(trees, [file]);
		return [{ difference: { kind: "file", file, baseFile: first.baseFile, commits: commits.slice(0, 1) } }];
	}
	const byLine = await linesOfCommits(trees, file);
	let asked = 0;
	const commitsOfHunk = async ({ head, removed, added }: Hunk): Promise<readonly Commit[]> => {
		const blamed = commitsIn(byLine, head);
		if (blamed.length > 0 || added.length > 0 || ++asked > MOST_ASKED) return blamed;
		return commitsThatRemoved(removed, file, trees);
	};
	const known = await pMap(
		hunks.flatMap((hunk) => splitByCommit(hunk, (line) => byLine.get(line)?.commit ?? "")),
		async (hunk): Promise<HunkOfCommits> => ({ ...hunk, commits: await commitsOfHunk(hunk) }),
		AT_ONCE,
	);
	return known.reduce(joinedByCommit, []).map(({ baseFile, base, head, removed, added, commits }) => ({
		difference: {
			...{ kind: "lines", file, baseFile, base, head, commits },
			...{ removed: shown(removed), added: shown(added) },
		},
	}));
}

interface HunkOfCommits extends Hunk {
	readonly commits: readonly Commit[];
}

/** What two commits did next to each other are two changes. */
function joinedByCommit(hunks: readonly HunkOfCommits[], next: HunkOfCommits): HunkOfCommits[] {
	const last = hunks.at(-1);
	const idsOf = ({ commits }: HunkOfCommits): string => commits.map(({ commit }) => commit).join(" ");
	const both = last === undefined || idsOf(last) !== idsOf(next) ? null : joined(last, next);
	return both === null ? [...hunks, next] : [...hunks.slice(0, -1), both];
}

/** The newest first. */
function commitsIn(byLine: ReadonlyMap<number, Commit>, stretch: Stretch): Commit[] {
	const [start, end] = endsOf(stretch);
	const found = new Map<string, Commit>();
	for (let line = start; line < end; line++) {
		const commit = byLine.get(line);
		if (commit !== undefined) found.set(commit.commit, commit);
	}
	return [...found.values()].toSorted((a, b) => b.committedAt.localeCompare(a.committedAt));
}

/** By the longest of the lines, which stands hardly anywhere else. */
async function commitsThatRemoved(removed: readonly string[], file: string, trees: Trees): Promise<Commit[]> {
	const [longest] = removed.toSorted((a, b) => b.length - a.length);
	return longest === undefined ? [] : (await commitsOf(trees, [file], longest)).slice(0, 1);
}

const shown = (lines: readonly string[]): string[] =>
	lines.slice(0, SHOWN_LINES).map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line));

/** Those of which git shows no lines. */
async function binaryFiles(trees: Trees, commits: readonly string[]): Promise<Found[]> {
	const how = ["diff", "--numstat", "-z", "--no-renames", ...commits];
	const entries = (await git(trees.root, how, trees.signal)).split("\0");
	const files = entries.flatMap((entry) => /^-\t-\t(.+)$/s.exec(entry)?.[1] ?? []);
	return Promise.all(
		files.map(async (file): Promise<Found> => {
			const baseFile = statSync(join(trees.baseRoot, file), { throwIfNoEntry: false }) === undefined ? null : file;
			return { difference: { kind: "file", file, baseFile, commits: await commitsOf(trees, [file]) } };
		}),
	);
}

/** Null where the lockfile is of a kind that is not read. */
async function packagesIn(lockfile: string, trees: Trees): Promise<Found[] | null> {
	if (!readableLockfiles.includes(basename(lockfile))) return null;
	const [base, head] = await Promise.all(
		[trees.baseRoot, trees.headRoot].map((root) => readFile(join(root, lockfile), "utf8").catch(() => null)),
	);
	const changes = packageChanges(base ?? null, head ?? null);
	if (changes === null) return null;
	const touching = await commitsOf(trees, [lockfile]);
	const isAsked = touching.length > 1 && changes.length <= MOST_ASKED;
	return pMap(changes, (change) => ofPackage(change, lockfile, { trees, touching, isAsked }), AT_ONCE);
}

interface LockCommits {
	readonly trees: Trees;
	/** All that touched the lockfile. */
	readonly touching: readonly Commit[];
	/** Whether git is asked which of them brought this version. */
	readonly isAsked: boolean;
}

async function ofPackage(
	{ name, base, head, places }: PackageChange,
	lockfile: string,
	{ trees, touching, isAsked }: LockCommits,
): Promise<Found> {
	// As the registry of npm names what it hands out; other ones may name it otherwise.
	const archive = `${name.slice(name.indexOf("/") + 1)}-${head ?? base}.tgz`;
	const exactly = isAsked ? await commitsOf(trees, [lockfile], archive) : [];
	const commits = exactly.length > 0 ? exactly : touching;
	const folder = dirname(lockfile);
	return {
		difference: { kind: "package", name, base, head, lockfile, commits },
		places: places.map((place) => join(folder, place)),
	};
}

/** What two commands or two environments differ in. */
export function differencesOfStarts(request: Exclude<SideRequest, { kind: "refs" }>): Differences {
	if (request.kind === "environments") {
		const { baseEnv, headEnv } = request;
		const names = [...new Set([...Object.keys(baseEnv), ...Object.keys(headEnv)])];
		const found = names
			.filter((name) => baseEnv[name] !== headEnv[name])
			.map((name): Found => ({ difference: { kind: "variable", name } }));
		return named(found, []);
	}
	const changes = wordChanges(request.base, request.head);
	const isCode = ({ base, head }: WordChange): boolean =>
		[...request.base.slice(base.from, base.to), ...request.head.slice(head.from, head.to)].some(
			(word) => statSync(resolve(request.cwd, word), { throwIfNoEntry: false }) !== undefined,
		);
	const textOf = (words: readonly string[]): string => words.join(" ");
	return named(
		changes
			.filter((each) => !isCode(each))
			.map(
				({ base, head }): Found => ({
					difference: {
						kind: "words",
						base: request.base.slice(base.from, base.to),
						head: request.head.slice(head.from, head.to),
					},
				}),
			),
		// To take another script back is to run base.
		changes.filter(isCode).map(
			({ head, base }): Unread => ({
				kind: "commands",
				name: textOf(
					head.to > head.from ? request.head.slice(head.from, head.to) : request.base.slice(base.from, base.to),
				),
			}),
		),
	);
}
