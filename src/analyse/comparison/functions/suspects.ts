import type { Frame } from "#src/model/call-tree.js";

/** Lines of a file, both ends included; where lines are missing, the one before them. */
export interface ChangedLines {
	/** Absolute. */
	readonly file: string;
	readonly from: number;
	readonly to: number;
}

/**
 * Which functions own lines that changed: from where they begin to where the next one does that was seen in the same file.
 * @param frames where each function is written; null for those that this side does not have
 */
export function ownersOf(frames: readonly (Frame | null)[], changed: readonly ChangedLines[]): Set<number> {
	const owners = new Set<number>();
	const byFile = new Map<string, { readonly index: number; readonly line: number }[]>();
	for (const [index, frame] of frames.entries()) {
		if (frame === null || frame.file === null || frame.line === null) continue;
		const functions = byFile.get(frame.file) ?? [];
		byFile.set(frame.file, functions);
		functions.push({ index, line: frame.line });
	}
	for (const [file, functions] of byFile) {
		const sorted = functions.toSorted((a, b) => a.line - b.line);
		const lines = changed.filter((each) => each.file === file);
		for (const [place, { index, line }] of sorted.entries()) {
			const next = sorted.slice(place + 1).find((each) => each.line > line)?.line ?? Number.POSITIVE_INFINITY;
			if (lines.some(({ from, to }) => to >= line && from < next)) owners.add(index);
		}
	}
	return owners;
}
