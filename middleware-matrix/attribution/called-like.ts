import { basename } from "node:path";
import type { CallTree, Frame } from "#src/model/call-tree.js";

/** Ticks of functions that are called like a layer, with what they call. */
export interface CalledLike {
	readonly ticks: number;
	/** Their names, most ticks first; those that have one, if any does. */
	readonly functions: readonly string[];
}

/** So much of a word, and at least so many letters of it, must be the same: serialize and serializer, audit and auditor. */
const SAME_SHARE = 0.8;
const SAME_LETTERS = 5;

/**
 * The functions whose name, file or package has every word of a layer's name. It is all that a profile can say of a layer that only
 * a setting switches, and says more than nothing where the layer is called as its code is.
 */
export function calledLike(tree: CallTree, layer: string): CalledLike {
	const wanted = wordsIn(layer);
	const matches = tree.frames.map((frame) => wanted.length > 0 && isCalledLike(frame, wanted));
	const byFunction = new Map<string, number>();
	/** By node, the outermost of these functions that it is below of or is, or null. */
	const outermost: (string | null)[] = [];
	let ticks = 0;
	for (const { frame, parent, selfTicks } of tree.nodes) {
		const within = outermost[parent] ?? (matches[frame] === true ? (tree.frames[frame]?.name ?? null) : null);
		outermost.push(within);
		if (within === null) continue;
		ticks += selfTicks;
		byFunction.set(within, (byFunction.get(within) ?? 0) + selfTicks);
	}
	const functions = [...byFunction].filter(([, own]) => own > 0).toSorted(([, a], [, b]) => b - a);
	const names = functions.map(([name]) => name);
	// One without a name says nothing where others have one.
	const named = names.filter((name) => name !== ANONYMOUS);
	return { ticks, functions: named.length > 0 ? named : names };
}

const ANONYMOUS = "(anonymous)";

/** Node's own code is nobody's layer. */
function isCalledLike({ name, file, package: from, kind }: Frame, wanted: readonly string[]): boolean {
	if (file === null || kind === "node") return false;
	return [name, basename(file), from ?? ""].some((text) => {
		const words = wordsIn(text);
		return wanted.every((each) => words.some((word) => isSameWord(word, each)));
	});
}

/** "ClassSerializer.transformToPlain": class, serializer, transform, to, plain. */
const wordsIn = (text: string): string[] =>
	text
		.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")
		.toLowerCase()
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== "");

function isSameWord(word: string, wanted: string): boolean {
	if (word === wanted) return true;
	let same = 0;
	while (same < word.length && word[same] === wanted[same]) same++;
	return same >= Math.max(SAME_LETTERS, SAME_SHARE * wanted.length);
}
