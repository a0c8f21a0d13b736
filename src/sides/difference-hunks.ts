import type { Stretch } from "#src/model/diagnosis.js";

/** Lines that differ, next to each other. */
export interface Hunk {
	/** From the repository's root on; null where the side does not have the file. */
	readonly baseFile: string | null;
	readonly headFile: string | null;
	readonly base: Stretch;
	readonly head: Stretch;
	readonly removed: readonly string[];
	readonly added: readonly string[];
}

/** Of a diff: what it changes, and submodules that point elsewhere. */
interface Hunks {
	readonly hunks: readonly Hunk[];
	readonly submodules: readonly string[];
}

/** So few equal lines between two changes do not part them. */
const MOST_BETWEEN = 2;
const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** @param text as `git diff --unified=0 --no-prefix` writes it */
export function hunksOf(text: string): Hunks {
	const found: Hunk[] = [];
	const submodules: string[] = [];
	let [baseFile, headFile]: [string | null, string | null] = [null, null];
	const lines = text.split("\n");
	for (let at = 0; at < lines.length; at++) {
		const line = lines[at] ?? "";
		if (line.startsWith("--- ")) baseFile = pathIn(line);
		if (line.startsWith("+++ ")) headFile = pathIn(line);
		const header = HEADER.exec(line);
		if (header === null) continue;
		const [from = 0, removed = 0, to = 0, added = 0] = [header[1], header[2] ?? "1", header[3], header[4] ?? "1"].map(
			Number,
		);
		const body = bodyOf(lines, at + 1, removed + added);
		const hunk: Hunk = {
			...{ baseFile, headFile },
			base: { from, lines: removed },
			head: { from: to, lines: added },
			removed: body.lines.filter((each) => each.startsWith("-")).map((each) => each.slice(1)),
			added: body.lines.filter((each) => each.startsWith("+")).map((each) => each.slice(1)),
		};
		at = body.last;
		if (isSubmodule(hunk)) submodules.push(headFile ?? baseFile ?? "");
		else found.push(hunk);
	}
	return { hunks: found, submodules };
}

/** So many lines behind a header; what git says of a missing newline is none of them. */
function bodyOf(lines: readonly string[], from: number, count: number): { lines: string[]; last: number } {
	const body: string[] = [];
	let at = from;
	while (body.length < count && at < lines.length) {
		const line = lines[at++] ?? "";
		if (!line.startsWith("\\")) body.push(line);
	}
	if (lines[at]?.startsWith("\\")) at++;
	return { lines: body, last: at - 1 };
}

/** Null for a file that the side does not have. */
const pathIn = (line: string): string | null => {
	const path = line.slice(4).replace(/\t$/, "");
	return path === "/dev/null" ? null : path;
};

const isSubmodule = ({ removed, added }: Hunk): boolean =>
	[...removed, ...added].length > 0 &&
	[...removed, ...added].every((line) => /^Subproject commit [0-9a-f]{40,64}$/.test(line));

/** The first line of a stretch, or where it would be, and the one behind it. */
export const endsOf = ({ from, lines }: Stretch): readonly [start: number, end: number] =>
	lines === 0 ? [from + 1, from + 1] : [from, from + lines];

/**
 * Two hunks of a file as one, where hardly a line lies between them; else null.
 * @param last the one before `next`
 */
export function joined<Each extends Hunk>(last: Each, next: Each): Each | null {
	const [baseStart, baseEnd] = endsOf(last.base);
	const [nextStart, nextEnd] = endsOf(next.base);
	const [headStart] = endsOf(last.head);
	const [, headEnd] = endsOf(next.head);
	if (nextStart - baseEnd > MOST_BETWEEN) return null;
	return {
		...last,
		base: stretch(baseStart, nextEnd),
		head: stretch(headStart, headEnd),
		removed: [...last.removed, ...next.removed],
		added: [...last.added, ...next.added],
	};
}

/** From a line to the one before `end`. */
export const stretch = (start: number, end: number): Stretch => ({
	from: end > start ? start : start - 1,
	lines: end - start,
});
