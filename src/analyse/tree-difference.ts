import type { CallTree, Frame } from "../model/call-tree.js";
import { CallTreeBuilder, totalTicks } from "./call-tree.js";

/** A profile of one side with what turns its ticks into time. */
export interface ScaledTree {
	readonly tree: CallTree;
	/** Clean CPU nanoseconds a request of this side, measured interleaved with the other one's. */
	readonly nsPerRequest: number;
	/** The folder where this side's code lies. */
	readonly root: string;
}

/** One position of the merged tree. Every figure is of the position itself, without what it calls. */
interface DifferenceNode {
	/** Index into `frames`. */
	readonly frame: number;
	/** Index into `nodes`; always smaller than the node's own index. -1 for the root. */
	readonly parent: number;
	/** CPU nanoseconds a request; 0 where the side does not have the position. */
	readonly baseSelfNs: number;
	readonly headSelfNs: number;
	readonly baseTicks: number;
	readonly headTicks: number;
}

/**
 * Two call trees as one. `nodes[0]` is the root. The self times of a side add up to its CPU nanoseconds a request, so
 * that head − base adds up to the measured difference; a side whose profile has no ticks adds nothing.
 */
export interface TreeDifference {
	/** Head's where it has the function. */
	readonly frames: readonly Frame[];
	readonly nodes: readonly DifferenceNode[];
	/** What a tick stands for: nanoseconds a request. 0 for a side without ticks. */
	readonly baseNsPerTick: number;
	readonly headNsPerTick: number;
}

/**
 * What something costs on either side, in CPU nanoseconds a request. `noiseNs` is the standard deviation that sampling
 * alone gives the difference: a count of ticks varies by its square root (Poisson). It covers the noise of these two
 * profiles only, not that two starts of the same process differ: `clear` (|difference| > 2.5 noiseNs) says that the
 * profiles differ, and whether the sides do is for the comparison's intervals to say.
 */
export interface CostDifference {
	readonly baseNs: number;
	readonly headNs: number;
	readonly baseTicks: number;
	readonly headTicks: number;
	/** head − base. */
	readonly differenceNs: number;
	readonly noiseNs: number;
	readonly clear: boolean;
}

/** A function's own code, and the function with everything that it calls. */
export interface FunctionDifference {
	/** Index into the frames of the difference. */
	readonly frame: number;
	readonly self: CostDifference;
	/** A recursive function counts once per tick. */
	readonly total: CostDifference;
}

/** How many standard deviations of sampling noise a difference must be to be clear. */
export const CLEAR_OF_NOISE = 2.5;

/**
 * Merges two call trees by function name and source file. Paths count from each side's own root, or from the last
 * node_modules on, so that two worktrees match; lines move with every edit and count only where one side has several
 * functions of the same name and file under one caller: those match in the order of their lines. A frame that was
 * put back matches a sampled one.
 */
export function diffTrees(base: ScaledTree, head: ScaledTree): TreeDifference {
	const sides: Sides = { base: prepare(base), head: prepare(head) };
	const merged = mergeNodes(sides);
	const { frames, ofBase, ofHead } = mergeFrames(sides, merged);
	const baseNsPerTick = nsPerTick(base);
	const headNsPerTick = nsPerTick(head);
	const nodes = merged.map((node): DifferenceNode => {
		const baseTicks = selfTicks(sides.base.tree, node.base);
		const headTicks = selfTicks(sides.head.tree, node.head);
		const frame = node.headFrame === null ? ofBase.get(node.baseFrame ?? -1) : ofHead.get(node.headFrame);
		return {
			frame: frame ?? 0,
			parent: node.parent,
			baseSelfNs: baseTicks * baseNsPerTick,
			headSelfNs: headTicks * headNsPerTick,
			baseTicks,
			headTicks,
		};
	});
	return { frames, nodes, baseNsPerTick, headNsPerTick };
}

/** Every function, the largest difference of self time first. The root is left out. */
export function functionDifferences(difference: TreeDifference): FunctionDifference[] {
	const { frames, nodes } = difference;
	const totals = subtreeSums(difference);
	const self = frames.map(() => ({ base: 0, head: 0 }));
	const total = frames.map(() => ({ base: 0, head: 0 }));
	nodes.forEach((node, index) => {
		add(self[node.frame], { base: node.baseTicks, head: node.headTicks });
		if (!hasAncestorWithFrame(nodes, node)) add(total[node.frame], totals[index]);
	});
	const root = nodes[0]?.frame;
	return frames
		.flatMap((_, frame): FunctionDifference[] =>
			frame === root ? [] : [{ frame, self: costOf(difference, self[frame]), total: costOf(difference, total[frame]) }],
		)
		.sort(
			(a, b) =>
				Math.abs(b.self.differenceNs) - Math.abs(a.self.differenceNs) ||
				Math.abs(b.total.differenceNs) - Math.abs(a.total.differenceNs),
		);
}

/** For every node of the difference: what it costs with everything below it. */
export const subtreeDifferences = (difference: TreeDifference): CostDifference[] =>
	subtreeSums(difference).map((ticks) => costOf(difference, ticks));

/** What so many ticks on either side are worth. */
export function costOf(
	{ baseNsPerTick, headNsPerTick }: TreeDifference,
	ticks: TicksOfSides = { base: 0, head: 0 },
): CostDifference {
	const baseNs = ticks.base * baseNsPerTick;
	const headNs = ticks.head * headNsPerTick;
	const differenceNs = headNs - baseNs;
	const noiseNs = Math.sqrt(baseNsPerTick ** 2 * ticks.base + headNsPerTick ** 2 * ticks.head);
	return {
		baseNs,
		headNs,
		baseTicks: ticks.base,
		headTicks: ticks.head,
		differenceNs,
		noiseNs,
		clear: Math.abs(differenceNs) > CLEAR_OF_NOISE * noiseNs,
	};
}

export interface TicksOfSides {
	readonly base: number;
	readonly head: number;
}

/** One side, ready to be walked. */
interface PreparedSide {
	readonly tree: CallTree;
	readonly children: readonly (readonly number[])[];
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

function prepare({ tree, root }: ScaledTree): PreparedSide {
	const whole = tree.nodes.length === 0 ? new CallTreeBuilder().build() : tree;
	const children: number[][] = whole.nodes.map(() => []);
	whole.nodes.forEach((node, index) => {
		children[node.parent]?.push(index);
	});
	return {
		tree: whole,
		children,
		keys: whole.frames.map((frame) => `${frame.name}\0${frame.file === null ? "" : pathBelow(frame.file, root)}`),
	};
}

/** The part of a source path that two copies of the code have in common. */
function pathBelow(file: string, root: string): string {
	const path = file.replaceAll("\\", "/");
	const modules = path.lastIndexOf("/node_modules/");
	if (modules >= 0) return path.slice(modules + 1);
	const folder = `${root.replaceAll("\\", "/").replace(/\/+$/, "")}/`;
	return path.startsWith(folder) ? `./${path.slice(folder.length)}` : path;
}

const nsPerTick = ({ tree, nsPerRequest }: ScaledTree): number => {
	const ticks = totalTicks(tree);
	return ticks === 0 ? 0 : nsPerRequest / ticks;
};

const selfTicks = (tree: CallTree, nodes: readonly number[]): number =>
	nodes.reduce((sum, node) => sum + (tree.nodes[node]?.selfTicks ?? 0), 0);

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

/** Gives every one of `short` its own of `long`, in order, with the smallest sum of moved lines. */
function matchShorter(short: readonly FrameAtLine[], long: readonly FrameAtLine[]): [number | null, number | null][] {
	const spare = long.length - short.length;
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

interface MergedFrames {
	readonly frames: readonly Frame[];
	/** Merged index of each frame of a side. */
	readonly ofBase: ReadonlyMap<number, number>;
	readonly ofHead: ReadonlyMap<number, number>;
}

/**
 * One frame for what is one function on both sides: those that stand most often at the same position, then, for a
 * function that is called from elsewhere now, those of the same name and file.
 */
function mergeFrames(sides: Sides, merged: readonly MergedNode[]): MergedFrames {
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
	const ofHead = new Map(frames.map((_, index) => [index, index]));
	const ofBase = new Map<number, number>();
	sides.base.tree.frames.forEach((frame, index) => {
		ofBase.set(index, partner.get(index) ?? frames.push(frame) - 1);
	});
	return { frames, ofBase, ofHead };
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

function subtreeSums({ nodes }: TreeDifference): TicksOfSides[] {
	const sums = nodes.map((node) => ({ base: node.baseTicks, head: node.headTicks }));
	for (let index = nodes.length - 1; index > 0; index--) add(sums[nodes[index]?.parent ?? -1], sums[index]);
	return sums;
}

function add(sum: { base: number; head: number } | undefined, ticks: TicksOfSides | undefined): void {
	if (sum === undefined || ticks === undefined) return;
	sum.base += ticks.base;
	sum.head += ticks.head;
}

function hasAncestorWithFrame(nodes: readonly DifferenceNode[], { frame, parent }: DifferenceNode): boolean {
	for (let at = nodes[parent]; at !== undefined; at = nodes[at.parent]) if (at.frame === frame) return true;
	return false;
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
	const known = map.get(key);
	if (known !== undefined) return known;
	const made = make();
	map.set(key, made);
	return made;
}
