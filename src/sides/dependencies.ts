import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { KnownError } from "#src/errors.js";
import { type Checkouts, linkNodeModules } from "./node-modules.js";

/** What installs exactly what a lock file says. */
const INSTALLERS: Readonly<Record<string, string>> = {
	"package-lock.json": "npm ci",
	"npm-shrinkwrap.json": "npm ci",
	"yarn.lock": "yarn install --immutable",
	"pnpm-lock.yaml": "pnpm install --frozen-lockfile",
	"bun.lock": "bun install --frozen-lockfile",
	"bun.lockb": "bun install --frozen-lockfile",
};
const LOCKFILES = Object.keys(INSTALLERS);

/** What installs what a lockfile says; null for a file that is none. */
export const installedBy = (file: string): string | null => INSTALLERS[file] ?? null;

/** Parts of package.json that decide what is installed. */
const DECIDING = [
	"dependencies",
	"devDependencies",
	"optionalDependencies",
	"peerDependencies",
	"overrides",
	"resolutions",
	"pnpm",
	"workspaces",
];

/**
 * Lets a worktree use the node_modules of the current tree, where its commit asks for the same packages.
 * @param inside the folder of the command, from the root on; code in it finds packages there and in every folder above
 * @param ref for people
 * @throws KnownError PREPARE_FAILED where it asks for others, or where nothing is installed though something is asked for
 */
export function useInstalled(checkouts: Checkouts, inside: string, ref: string): void {
	const folders = foldersUpFrom(inside);
	const installed = folders.filter((folder) => existsSync(join(checkouts.root, folder, "node_modules")));
	if (installed.length === 0) {
		const asking = folders.find((folder) => asksForPackages(join(checkouts.worktree, folder)));
		if (asking === undefined) return;
		throw needsPreparing(
			`${join(asking, "package.json")} of ${ref} asks for packages, and there is no node_modules here`,
			checkouts,
			folders,
		);
	}
	for (const folder of folders) {
		const differing = differingFile(join(checkouts.root, folder), join(checkouts.worktree, folder));
		if (differing === null) continue;
		throw needsPreparing(
			`${join(folder, differing)} of ${ref} differs from the one here, so the packages that are installed are not its own`,
			checkouts,
			folders,
		);
	}
	for (const folder of installed) linkNodeModules(checkouts, folder);
}

/** Lets a worktree use what is installed in another tree of the same packages. */
export function linkInstalled(checkouts: Checkouts, inside: string): void {
	for (const folder of foldersUpFrom(inside)) {
		if (existsSync(join(checkouts.root, folder, "node_modules"))) linkNodeModules(checkouts, folder);
	}
}

/** "a/b" → ["a/b", "a", ""] */
function foldersUpFrom(inside: string): string[] {
	const parts = inside.split("/").filter(Boolean);
	return [...parts.map((_, index) => parts.slice(0, parts.length - index).join("/")), ""];
}

function differingFile(here: string, there: string): string | null {
	if (!isDeepStrictEqual(decidingParts(here), decidingParts(there))) return "package.json";
	const differs = (name: string): boolean => textOf(join(here, name)) !== textOf(join(there, name));
	return LOCKFILES.find(differs) ?? null;
}

function decidingParts(folder: string): unknown {
	const manifest = manifestOf(folder);
	return DECIDING.map((part) => manifest[part] ?? {});
}

/** Packages that are needed to run; a server may run without those that are for development. */
const asksForPackages = (folder: string): boolean =>
	Object.keys((manifestOf(folder).dependencies as object | undefined) ?? {}).length > 0 &&
	// Yarn's plug'n'play, committed with the code, needs no node_modules.
	!existsSync(join(folder, ".pnp.cjs"));

/** package.json of a folder; empty where there is none that can be read. */
function manifestOf(folder: string): Record<string, unknown> {
	try {
		return JSON.parse(textOf(join(folder, "package.json")) ?? "{}") as Record<string, unknown>;
	} catch {
		return {};
	}
}

/** Null where there is no such file. Bytes as latin1, so that binary files can be compared too. */
function textOf(file: string): string | null {
	try {
		return readFileSync(file, "latin1").replaceAll("\r\n", "\n").trimEnd();
	} catch {
		return null;
	}
}

function needsPreparing(what: string, { worktree }: Checkouts, folders: readonly string[]): KnownError {
	const lockfile = LOCKFILES.find((name) => folders.some((folder) => existsSync(join(worktree, folder, name))));
	const installer = lockfile === undefined ? "npm install" : INSTALLERS[lockfile];
	return new KnownError({
		code: "PREPARE_FAILED",
		what,
		fix: `give --prepare "${installer}" (and what builds it), so that each commit gets its own`,
	});
}
