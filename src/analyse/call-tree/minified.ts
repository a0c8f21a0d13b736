import type { CallTree, Frame } from "#src/model/call-tree.js";

/** Nobody begins a function so far to the right. */
const FAR_COLUMN = 500;

/** Whether a function is in a file that a minifier has written, as far as the functions of a tree show that. */
export function minifiedIn({ frames }: Pick<CallTree, "frames">): (frame: Frame) => boolean {
	const files = new Set(frames.flatMap(({ file, column }) => ((column ?? 0) > FAR_COLUMN ? [file] : [])));
	return ({ file }) => file !== null && files.has(file);
}
