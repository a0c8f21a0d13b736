import type { CallTree } from "#src/model/call-tree.js";

/** The call tree of one side, and the folder where its code lies. */
export interface SideTree {
	readonly tree: CallTree;
	readonly root: string;
}

/** By frame of a tree, what its source is called; "" without one. Equal for what is one source on both sides. */
export interface SourceNames {
	readonly base: readonly string[];
	readonly head: readonly string[];
}

/**
 * Paths count from each side's own root, so that two worktrees match, and two versions of a package in one process are two. A file that
 * only one side has is the same as one that only the other has where it is the same file of a package that lies in another folder
 * (node_modules/a/node_modules/dep and node_modules/dep), or where most of their functions have the same names (base.js and head.js, a
 * package under another name); what else lies in such a package is told by the same name as well.
 */
export function sourceNames(base: SideTree, head: SideTree): SourceNames {
	const [ofBase, ofHead] = [functionsByFile(base), functionsByFile(head)];
	const twins = twinFiles(ofBase, ofHead);
	const folders = twinFolders(twins, ofBase);
	const namesOf = ({ tree, root }: SideTree, nameOf: (path: string) => string): string[] =>
		tree.frames.map(({ file }) => (file === null ? "" : nameOf(pathBelow(file, root))));
	return {
		base: namesOf(base, (path) => path),
		head: namesOf(head, (path) => twins.get(path) ?? (ofBase.has(path) ? path : inTwinFolder(path, folders))),
	};
}

const MODULES = "node_modules/";

/** The folder of the package that a source is in, by its name above; null where it is in none. */
export function packageFolderOf(source: string): string | null {
	const at = source.lastIndexOf(MODULES);
	if (at < 0) return null;
	const [first = "", second] = source.slice(at + MODULES.length).split("/");
	return `${source.slice(0, at + MODULES.length)}${first.startsWith("@") && second !== undefined ? `${first}/${second}` : first}`;
}

/** The part of a source path that two copies of the code have in common. */
function pathBelow(file: string, root: string): string {
	const path = file.replaceAll("\\", "/");
	const folder = `${root.replaceAll("\\", "/").replace(/\/+$/, "")}/`;
	if (path.startsWith(folder)) return `./${path.slice(folder.length)}`;
	// Installed elsewhere, for both or for one.
	const modules = path.indexOf(`/${MODULES}`);
	return modules < 0 ? path : `.${path.slice(modules)}`;
}

/** What a file of a package is called within node_modules, wherever that lies; null for other files. */
function nameInModules(path: string): string | null {
	const at = path.lastIndexOf(MODULES);
	return at < 0 ? null : path.slice(at + MODULES.length);
}

/** Names of the functions of every file that is not Node's own. */
function functionsByFile({ tree, root }: SideTree): Map<string, Set<string>> {
	const files = new Map<string, Set<string>>();
	for (const { name, file, kind } of tree.frames) {
		if (file === null || (kind !== "app" && kind !== "dependency")) continue;
		const path = pathBelow(file, root);
		const names = files.get(path) ?? new Set();
		files.set(path, names.add(name));
	}
	return files;
}

/** Of the names of the file that has fewer, so many must be in the other as well. */
const TWIN_SHARE = 0.5;

interface TwinPair {
	readonly ofBase: string;
	readonly ofHead: string;
	/** Whether it is the same file of a package. */
	readonly sameName: boolean;
	readonly common: number;
}

/** By file that only head has, the one that only base has and that is most like it. */
function twinFiles(
	base: ReadonlyMap<string, ReadonlySet<string>>,
	head: ReadonlyMap<string, ReadonlySet<string>>,
): Map<string, string> {
	const onlyOn = (side: typeof base, other: typeof base) => [...side].filter(([path]) => !other.has(path));
	const alone = onlyOn(base, head);
	const pairs = onlyOn(head, base).flatMap(([ofHead, names]) =>
		alone.flatMap(([ofBase, others]): TwinPair[] => {
			const name = nameInModules(ofHead);
			const sameName = name !== null && name === nameInModules(ofBase);
			const common = [...names].filter((each) => others.has(each)).length;
			const isTwin = sameName || (common > 0 && common >= TWIN_SHARE * Math.min(names.size, others.size));
			return isTwin ? [{ ofBase, ofHead, sameName, common }] : [];
		}),
	);
	const twins = new Map<string, string>();
	const taken = new Set<string>();
	for (const { ofBase, ofHead } of pairs.sort(
		(a, b) => Number(b.sameName) - Number(a.sameName) || b.common - a.common,
	)) {
		if (twins.has(ofHead) || taken.has(ofBase)) continue;
		twins.set(ofHead, ofBase);
		taken.add(ofBase);
	}
	return twins;
}

/** By folder of a package of head, that of base in which most of its files have their twins. */
function twinFolders(twins: ReadonlyMap<string, string>, base: ReadonlyMap<string, unknown>): Map<string, string> {
	const known = new Set([...base.keys()].map(packageFolderOf));
	const votes = new Map<string, { ofBase: string; ofHead: string; files: number }>();
	for (const [file, twin] of twins) {
		const [ofHead, ofBase] = [packageFolderOf(file), packageFolderOf(twin)];
		if (ofHead === null || ofBase === null || known.has(ofHead)) continue;
		const vote = votes.get(`${ofHead}\0${ofBase}`) ?? { ofBase, ofHead, files: 0 };
		vote.files++;
		votes.set(`${ofHead}\0${ofBase}`, vote);
	}
	const folders = new Map<string, string>();
	for (const { ofBase, ofHead } of [...votes.values()].sort((a, b) => b.files - a.files)) {
		if (!folders.has(ofHead)) folders.set(ofHead, ofBase);
	}
	return folders;
}

function inTwinFolder(path: string, folders: ReadonlyMap<string, string>): string {
	const folder = packageFolderOf(path);
	const twin = folder === null ? undefined : folders.get(folder);
	return twin === undefined || folder === null ? path : `${twin}${path.slice(folder.length)}`;
}
