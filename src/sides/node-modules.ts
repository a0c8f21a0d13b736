import { existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Two checkouts of one repository: the current one, and a worktree that uses what is installed in it. */
export interface Checkouts {
	/** Top folders, both without symbolic links. */
	readonly root: string;
	readonly worktree: string;
}

/**
 * Lets a folder of the worktree use the node_modules of the same folder of the current tree, by symbolic links. Packages of the
 * repository itself (workspaces) are links in there that lead to the current tree's code; those are turned to the worktree's.
 * @param inside the folder, from the root on
 */
export function linkNodeModules(checkouts: Checkouts, inside: string): void {
	const from = join(checkouts.root, inside, "node_modules");
	const to = join(checkouts.worktree, inside, "node_modules");
	// One that is in the commit is the side's own.
	if (existsSync(to)) return;
	linkFolder(checkouts, from, to);
}

function linkFolder(checkouts: Checkouts, from: string, to: string): void {
	if (!holdsWorkspaces(checkouts.root, from)) {
		symlinkSync(realpathSync(from), to, "dir");
		return;
	}
	mkdirSync(to);
	for (const name of readdirSync(from)) {
		const entry = join(from, name);
		const workspace = workspacePath(checkouts.root, entry);
		if (isFolderOfLinks(entry)) linkFolder(checkouts, entry, join(to, name));
		else if (workspace === null) symlinkSync(entry, join(to, name));
		else linkWorkspace(checkouts, workspace, join(to, name));
	}
}

function linkWorkspace(checkouts: Checkouts, inside: string, to: string): void {
	const there = join(checkouts.worktree, inside);
	if (!existsSync(there)) return;
	symlinkSync(there, to);
	if (existsSync(join(checkouts.root, inside, "node_modules"))) linkNodeModules(checkouts, inside);
}

const holdsWorkspaces = (root: string, folder: string): boolean =>
	readdirSync(folder)
		.map((name) => join(folder, name))
		.some((entry) => (isFolderOfLinks(entry) ? holdsWorkspaces(root, entry) : workspacePath(root, entry) !== null));

/** A scope, or the programs of packages: node_modules/@scope, node_modules/.bin */
const isFolderOfLinks = (entry: string): boolean =>
	/[\\/]node_modules[\\/](?:@[^\\/]+|\.bin)$/.test(entry) && lstatSync(entry).isDirectory();

/** Where a link leads to, from the repository's root on, if that is code of the repository; else null. */
function workspacePath(root: string, entry: string): string | null {
	if (!lstatSync(entry).isSymbolicLink()) return null;
	let inside: string;
	try {
		inside = relative(root, realpathSync(entry));
	} catch {
		return null;
	}
	const folders = inside.split(sep);
	return inside === "" || folders[0] === ".." || folders.includes("node_modules") ? null : inside;
}
