import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { KnownError } from "../errors.js";
import { fileAt } from "./git.js";

export const LOCKFILES = [
	"package-lock.json",
	"npm-shrinkwrap.json",
	"yarn.lock",
	"pnpm-lock.yaml",
	"bun.lock",
	"bun.lockb",
] as const;

/** Parts of package.json that decide what is installed. */
const DECIDING = [
	"dependencies",
	"devDependencies",
	"optionalDependencies",
	"peerDependencies",
	"overrides",
	"workspaces",
];

/** The folders that may hold a node_modules which code in `folder` finds, up to the repository's root. */
export function foldersUpTo(root: string, folder: string): string[] {
	const folders = [folder];
	for (let at = folder; at !== root && relative(root, at) !== "" && !relative(root, at).startsWith(".."); ) {
		at = dirname(at);
		folders.push(at);
	}
	return folders;
}

/**
 * Lets a worktree use the node_modules of the current folder, where its commit asks for the same dependencies.
 * @throws KnownError PREPARE_FAILED where it does not, or where nothing is installed though something is asked for
 */
export async function linkDependencies(options: {
	readonly root: string;
	readonly cwd: string;
	readonly worktree: string;
	readonly commit: string;
	readonly ref: string;
}): Promise<void> {
	const { root, cwd, worktree, commit, ref } = options;
	let asked = false;
	let linked = false;
	for (const folder of foldersUpTo(root, cwd)) {
		const inside = relative(root, folder);
		const there = (name: string): Promise<string | null> => fileAt(root, commit, join(inside, name));
		const here = (name: string): string | null => readOrNull(join(folder, name));
		const packageThere = decidingParts(await there("package.json"));
		asked ||= packageThere !== NOTHING;
		if (!existsSync(join(folder, "node_modules"))) continue;
		const differing = await differingFile(here, there, packageThere);
		if (differing !== null)
			throw needsPreparing(`${join(inside, differing)} of ${ref} asks for other dependencies than are installed here`);
		if (!existsSync(join(worktree, inside))) continue;
		symlinkSync(join(folder, "node_modules"), join(worktree, inside, "node_modules"), "dir");
		linked = true;
	}
	if (asked && !linked) throw needsPreparing("package.json asks for dependencies, and there is no node_modules here");
}

const needsPreparing = (what: string): KnownError =>
	new KnownError({
		code: "PREPARE_FAILED",
		what,
		fix: 'give --prepare "npm ci" (and what builds it), so that each side gets its own',
	});

async function differingFile(
	here: (name: string) => string | null,
	there: (name: string) => Promise<string | null>,
	packageThere: string,
): Promise<string | null> {
	if (decidingParts(here("package.json")) !== packageThere) return "package.json";
	for (const name of LOCKFILES) {
		if ((here(name)?.trimEnd() ?? null) !== ((await there(name))?.trimEnd() ?? null)) return name;
	}
	return null;
}

const NOTHING = JSON.stringify(DECIDING.map(() => ({})));

function decidingParts(text: string | null): string {
	try {
		const json = JSON.parse(text ?? "{}") as Record<string, unknown>;
		return JSON.stringify(DECIDING.map((part) => json[part] ?? {}));
	} catch {
		return text ?? "";
	}
}

function readOrNull(file: string): string | null {
	try {
		return readFileSync(file, "utf8");
	} catch {
		return null;
	}
}
