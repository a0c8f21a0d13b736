import type { CallTree, Frame } from "#src/model/call-tree.js";
import { CallTreeBuilder, childrenOf } from "./call-tree.js";
import { type SideTree, sourceNames } from "./same-source.js";

/** Two call trees as one: every position says which nodes of either side it stands for. */
export interface MergedTrees {
	/** Head's where it has the function. */
	readonly frames: readonly Frame[];
	/** `nodes[0]` is the root; parents stand before their children. */
	readonly nodes: readonly MergedPosition[];
}

interface MergedPosition {
	/** Index into the merged frames. */
	readonly frame: number;
	readonly parent: number;
	/** Indices of nodes of each side's tree; several where a function was both sampled and put back. */
	readonly base: readonly number[];
	readonly head: readonly number[];
}

/**
 * Merges two call trees by function name and source (same-source.ts). Lines move with every edit and count only where one side has
 * several functions of the same name and source under one caller: those match in the order of their lines. A frame that was put back
 * matches a sampled one.
 */
export function mergeTrees(base: SideTree, head: SideTree): MergedTrees {
	const sides = prepareBoth(base, head);
	const merged = mergeNodes(sides);
	const { frames, ofBase, ofHead } = mergeFrames(sides, merged);
	const frameOf = ({ baseFrame, headFrame }: MergedNode): number | undefined =>
		headFrame === null ? ofBase.get(baseFrame ?? -1) : ofHead.get(headFrame);
	return {
		frames,
		nodes: merged.map((node) => ({
			frame: frameOf(node) ?? 0,
			parent: node.parent,
			base: node.base,
			head: node.head,
		})),
	};
}

/** Which functions of two call trees are the same, by the rules of mergeTrees(). */
export function matchFunctions(base: SideTree, head: SideTree): MatchedFunctions {
	const sides = prepareBoth(base, head);
	return mergeFrames(sides, mergeNodes(sides));
}

/** One side, ready to be walked. */
interface PreparedSide {
	readonly tree: CallTree;
	readonly children: readonly (readonly number[])[];
	/** By frame: what its source is called on both sides. */
	readonly sources: readonly string[];
	/** By frame: what functions match by. */
	readonly keys: readonly string[];
}
interface Sides {
	readonly base: PreparedSide;
	readonly head: PreparedSide;
}

/** The nodes of both sides that are one position: a function may be there twice on a side, sampled and put back. */
interface MergedNode {
	readonly parent: number;
	readonly base: readonly number[];
	readonly head: readonly number[];
	readonly baseFrame: number | null;
	readonly headFrame: number | null;
}

/** Two frames that match; null where a side has none. */
type FramePair = readonly [base: number | null, head: number | null];

function prepareBoth(base: SideTree, head: SideTree): Sides {
	const names = sourceNames(base, head);
	return { base: prepare(base.tree, names.base), head: prepare(head.tree, names.head) };
}

function prepare(tree: CallTree, sources: readonly string[]): PreparedSide {
	const whole = tree.nodes.length === 0 ? new CallTreeBuilder().build() : tree;
	return {
		tree: whole,
		children: childrenOf(whole),
		sources,
		keys: whole.frames.map((frame, index) => `${frame.name}\0${sources[index] ?? ""}`),
	};
}

function mergeNodes(sides: Sides): MergedNode[] {
	const rootOf = ({ tree }: PreparedSide): number => tree.nodes[0]?.frame ?? 0;
	const merged: MergedNode[] = [
		{ parent: -1, base: [0], head: [0], baseFrame: rootOf(sides.base), headFrame: rootOf(sides.head) },
	];
	for (let parent = 0; parent < merged.length; parent++) {
		const node = merged[parent];
		if (node === undefined) break;
		const base = childrenByFunction(sides.base, node.base);
		const head = childrenByFunction(sides.head, node.head);
		for (const key of new Set([...base.keys(), ...head.keys()])) {
			const ofBase = base.get(key) ?? new Map<number, number[]>();
			const ofHead = head.get(key) ?? new Map<number, number[]>();
			for (const [baseFrame, headFrame] of matchInOrder(sides, [...ofBase.keys()], [...ofHead.keys()])) {
				merged.push({
					parent,
					base: (baseFrame === null ? undefined : ofBase.get(baseFrame)) ?? [],
					head: (headFrame === null ? undefined : ofHead.get(headFrame)) ?? [],
					baseFrame,
					headFrame,
				});
			}
		}
	}
	return merged;
}

/** The children of some nodes: by what functions match by, then by frame. */
function childrenByFunction(side: PreparedSide, parents: readonly number[]): Map<string, Map<number, number[]>> {
	const byKey = new Map<string, Map<number, number[]>>();
	for (const parent of parents) {
		for (const child of side.children[parent] ?? []) {
			const frame = side.tree.nodes[child]?.frame ?? 0;
			const byFrame = getOrMake(byKey, side.keys[frame] ?? "", () => new Map<number, number[]>());
			getOrMake(byFrame, frame, (): number[] => []).push(child);
		}
	}
	return byKey;
}

/**
 * Pairs frames of one name and file in the order of their lines. Where one side has more of them, those stay alone that
 * let the others move least.
 */
function matchInOrder(sides: Sides, base: readonly number[], head: readonly number[]): FramePair[] {
	const inBase = sortedByLine(sides.base.tree.frames, base);
	const inHead = sortedByLine(sides.head.tree.frames, head);
	if (inBase.length > inHead.length) {
		return matchShorter(inHead, inBase).map(([ofHead, ofBase]) => [ofBase, ofHead]);
	}
	return matchShorter(inBase, inHead);
}

interface FrameAtLine {
	readonly frame: number;
	readonly line: number;
	readonly column: number;
}

const sortedByLine = (frames: readonly Frame[], indices: readonly number[]): FrameAtLine[] =>
	indices
		.map((frame) => ({ frame, line: frames[frame]?.line ?? 0, column: frames[frame]?.column ?? 0 }))
		.sort((a, b) => a.line - b.line || a.column - b.column || a.frame - b.frame);

/** With more to choose from, in a file without names that a program has written, those at the end stay alone. */
const MOST_WAYS = 1e6;

/** Gives every one of `short` its own of `long`, in order, with the smallest sum of moved lines. */
function matchShorter(short: readonly FrameAtLine[], long: readonly FrameAtLine[]): [number | null, number | null][] {
	const spare = long.length - short.length;
	if (short.length * spare > MOST_WAYS) return long.map(({ frame }, index) => [short[index]?.frame ?? null, frame]);
	// costs[i][skipped]: the least movement with short[0..i) matched and `skipped` of long left alone before that.
	const costs: number[][] = [new Array<number>(spare + 1).fill(0)];
	for (const [i, each] of short.entries()) {
		const row: number[] = [];
		for (let skipped = 0; skipped <= spare; skipped++) {
			const here = (costs[i]?.[skipped] ?? 0) + Math.abs(each.line - (long[i + skipped]?.line ?? 0));
			row.push(Math.min(here, row[skipped - 1] ?? Number.POSITIVE_INFINITY));
		}
		costs.push(row);
	}
	const partner = new Map<number, number>();
	let skipped = spare;
	for (let i = short.length - 1; i >= 0; i--) {
		const row = costs[i + 1] ?? [];
		while (skipped > 0 && row[skipped] === row[skipped - 1]) skipped--;
		partner.set(i + skipped, short[i]?.frame ?? 0);
	}
	return long.map(({ frame }, index) => [partner.get(index) ?? null, frame]);
}

export interface MatchedFunctions {
	/** Head's where it has the function. */
	readonly frames: readonly Frame[];
	/** By frame, what its source is called on both sides; "" without one. */
	readonly sources: readonly string[];
	/** Index into `frames` of each frame of a side. */
	readonly ofBase: ReadonlyMap<number, number>;
	readonly ofHead: ReadonlyMap<number, number>;
}

/**
 * One frame for what is one function on both sides: those that stand most often at the same position, then, for a
 * function that is called from elsewhere now, those of the same name and file.
 */
function mergeFrames(sides: Sides, merged: readonly MergedNode[]): MatchedFunctions {
	const partner = pairByPosition(merged);
	const taken = new Set(partner.values());
	const alone = (side: PreparedSide, isTaken: (frame: number) => boolean): Map<string, number[]> => {
		const byKey = new Map<string, number[]>();
		side.keys.forEach((key, frame) => {
			if (!isTaken(frame)) getOrMake(byKey, key, (): number[] => []).push(frame);
		});
		return byKey;
	};
	const ofHeadAlone = alone(sides.head, (frame) => taken.has(frame));
	for (const [key, ofBaseAlone] of alone(sides.base, (frame) => partner.has(frame))) {
		for (const [base, head] of matchInOrder(sides, ofBaseAlone, ofHeadAlone.get(key) ?? [])) {
			if (base !== null && head !== null) partner.set(base, head);
		}
	}
	const frames: Frame[] = [...sides.head.tree.frames];
	const sources = [...sides.head.sources];
	const ofHead = new Map(frames.map((_, index) => [index, index]));
	const ofBase = new Map<number, number>();
	sides.base.tree.frames.forEach((frame, index) => {
		const known = partner.get(index);
		ofBase.set(index, known ?? frames.push(frame) - 1);
		if (known === undefined) sources.push(sides.base.sources[index] ?? "");
	});
	return { frames, sources, ofBase, ofHead };
}

/** By base frame, the head frame that it shares most positions with. */
function pairByPosition(merged: readonly MergedNode[]): Map<number, number> {
	const votes = new Map<string, { base: number; head: number; count: number }>();
	for (const { baseFrame: base, headFrame: head } of merged) {
		if (base !== null && head !== null)
			getOrMake(votes, `${base},${head}`, () => ({ base, head, count: 0 })).count += 1;
	}
	const partner = new Map<number, number>();
	const taken = new Set<number>();
	for (const { base, head } of [...votes.values()].sort((a, b) => b.count - a.count)) {
		if (partner.has(base) || taken.has(head)) continue;
		partner.set(base, head);
		taken.add(head);
	}
	return partner;
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
	const known = map.get(key);
	if (known !== undefined) return known;
	const made = make();
	map.set(key, made);
	return made;
}
