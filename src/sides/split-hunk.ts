import { endsOf, type Hunk, stretch } from "./difference-hunks.js";

/** Lines that have less in common than this part of the longer one are not the same line in two versions. */
const LEAST_ALIKE = 0.4;

/**
 * A hunk whose lines were brought by several commits, as one hunk a commit: lines of base go with those of head that look like them.
 * @param commitOf a line of head, from 1; lines of one commit have one text
 */
export function splitByCommit(hunk: Hunk, commitOf: (line: number) => string): Hunk[] {
	const { removed, added } = hunk;
	const [headStart] = endsOf(hunk.head);
	const [baseStart] = endsOf(hunk.base);
	// Hunks that were put together hold lines of which nothing is known here.
	if (added.length !== hunk.head.lines || removed.length !== hunk.base.lines) return [hunk];
	const starts = added.flatMap((_, index) =>
		index === 0 || commitOf(headStart + index) !== commitOf(headStart + index - 1) ? [index] : [],
	);
	if (starts.length < 2) return [hunk];
	const places = alikeLines(removed, added);
	const baseFrom = (start: number): number =>
		start === 0 ? 0 : Math.min(removed.length, ...places.slice(start).filter((place) => place >= 0));
	return starts.map((start, index) => {
		const end = starts[index + 1] ?? added.length;
		const [from, to] = [baseFrom(start), end === added.length ? removed.length : baseFrom(end)];
		return {
			...hunk,
			base: stretch(baseStart + from, baseStart + to),
			head: stretch(headStart + start, headStart + end),
			removed: removed.slice(from, to),
			added: added.slice(start, end),
		};
	});
}

/** By line that was added, the one that was removed for it, in the same order; -1: none. */
function alikeLines(removed: readonly string[], added: readonly string[]): number[] {
	const scores = Array.from({ length: removed.length + 1 }, () => new Array<number>(added.length + 1).fill(0));
	const at = (i: number, j: number): number => scores[i]?.[j] ?? 0;
	const alike = (i: number, j: number): number => likeness(removed[i] ?? "", added[j] ?? "");
	for (let i = removed.length - 1; i >= 0; i--) {
		for (let j = added.length - 1; j >= 0; j--) {
			const row = scores[i] as number[];
			row[j] = Math.max(at(i + 1, j), at(i, j + 1), alike(i, j) + at(i + 1, j + 1));
		}
	}
	const places = new Array<number>(added.length).fill(-1);
	let [i, j] = [0, 0];
	while (i < removed.length && j < added.length) {
		const both = alike(i, j);
		if (both > 0 && at(i, j) === both + at(i + 1, j + 1)) {
			places[j] = i;
			[i, j] = [i + 1, j + 1];
		} else if (at(i, j) === at(i + 1, j)) i++;
		else j++;
	}
	return places;
}

/** The part of the longer line that both begin and end with; 0 where it is too little to say anything. */
function likeness(one: string, other: string): number {
	const [a, b] = [one.trim(), other.trim()];
	const most = Math.min(a.length, b.length);
	let begin = 0;
	while (begin < most && a[begin] === b[begin]) begin++;
	let end = 0;
	while (end < most - begin && a.at(-1 - end) === b.at(-1 - end)) end++;
	const share = (begin + end) / Math.max(1, a.length, b.length);
	return share < LEAST_ALIKE ? 0 : share;
}
