import { join } from "node:path";
import type { ChangedLines } from "#src/analyse/comparison/functions/suspects.js";
import { git } from "./git.js";

/** Of the lines that differ, those of either side. */
export interface ChangedLinesOfSides {
	readonly base: ChangedLines[];
	readonly head: ChangedLines[];
}

interface Tree {
	readonly commit: string;
	/** Where it is checked out. */
	readonly root: string;
}

/**
 * The lines in which two commits differ, or a commit and the working tree; none where git cannot tell.
 * @param root of the repository
 * @param head without a commit: the working tree, as far as git knows its files
 */
export async function changedLines(
	root: string,
	base: Tree,
	head: Omit<Tree, "commit"> & { readonly commit: string | null },
	signal: AbortSignal,
): Promise<ChangedLinesOfSides> {
	const how = ["--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-prefix", "--find-renames"];
	const commits = [base.commit, ...(head.commit === null ? [] : [head.commit])];
	try {
		return parseDiff(await git(root, ["-c", "core.quotePath=false", "diff", ...how, ...commits], signal), base, head);
	} catch (error) {
		signal.throwIfAborted();
		if (error instanceof Error) return { base: [], head: [] };
		throw error;
	}
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** @param text as `git diff --unified=0 --no-prefix` writes it */
export function parseDiff(text: string, base: Pick<Tree, "root">, head: Pick<Tree, "root">): ChangedLinesOfSides {
	const found: ChangedLinesOfSides = { base: [], head: [] };
	let [ofBase, ofHead] = ["", ""];
	const lines = text.split("\n");
	for (let at = 0; at < lines.length; at++) {
		const line = lines[at] ?? "";
		if (line.startsWith("--- ")) ofBase = pathIn(line, base.root);
		if (line.startsWith("+++ ")) ofHead = pathIn(line, head.root);
		const hunk = HUNK.exec(line);
		if (hunk === null) continue;
		const [from, removed, to, added] = [hunk[1], hunk[2] ?? "1", hunk[3], hunk[4] ?? "1"].map(Number) as [
			number,
			number,
			number,
			number,
		];
		if (ofBase !== "") found.base.push({ file: ofBase, from, to: from + Math.max(1, removed) - 1 });
		if (ofHead !== "") found.head.push({ file: ofHead, from: to, to: to + Math.max(1, added) - 1 });
		// Lines of a hunk may look like anything.
		at += removed + added;
	}
	return found;
}

/** "" for a file that the side does not have. */
const pathIn = (line: string, root: string): string => {
	const path = line.slice(4).replace(/\t$/, "");
	return path === "/dev/null" ? "" : join(root, path);
};
