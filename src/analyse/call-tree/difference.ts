import type { CallTree, Frame } from "#src/model/call-tree.js";
import { totalTicks } from "./call-tree.js";
import { mergeTrees } from "./merge.js";
import type { SideTree } from "./same-source.js";

/** A profile of one side with what turns its ticks into cost: nanoseconds of CPU time or allocated bytes. */
export interface ScaledTree extends SideTree {
	/** What a request of this side costs without a profiler, measured interleaved with the other one's. */
	readonly perRequest: number;
}

/** One position of the merged tree. Every figure is of the position itself, without what it calls. */
interface DifferenceNode {
	/** Index into `frames`. */
	readonly frame: number;
	/** Index into `nodes`; always smaller than the node's own index. -1 for the root. */
	readonly parent: number;
	/** Cost per request; 0 where the side does not have the position. */
	readonly baseSelf: number;
	readonly headSelf: number;
	readonly baseTicks: number;
	readonly headTicks: number;
}

/**
 * Two call trees as one. `nodes[0]` is the root. The self costs of a side add up to what a request costs there, so that
 * head − base adds up to the measured difference; a side whose profile has no ticks adds nothing.
 */
export interface TreeDifference {
	/** Head's where it has the function. */
	readonly frames: readonly Frame[];
	readonly nodes: readonly DifferenceNode[];
	/** What a tick stands for: cost per request. 0 for a side without ticks. */
	readonly basePerTick: number;
	readonly headPerTick: number;
}

/**
 * What something costs on either side, per request, in the unit of the profiles. `noise` is the standard deviation that sampling
 * alone gives the difference: a count of ticks varies by its square root (Poisson). It covers the noise of these two
 * profiles only, not that two starts of the same process differ: `clear` (|difference| > 2.5 noise) says that the
 * profiles differ, and whether the sides do is for the comparison's intervals to say.
 */
export interface CostDifference {
	readonly baseCost: number;
	readonly headCost: number;
	readonly baseTicks: number;
	readonly headTicks: number;
	/** head − base. */
	readonly difference: number;
	readonly noise: number;
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

/** Two profiles as one tree, position by position (tree-merge.ts), with what each costs on either side. */
export function diffTrees(base: ScaledTree, head: ScaledTree): TreeDifference {
	const merged = mergeTrees(base, head);
	const basePerTick = perTick(base);
	const headPerTick = perTick(head);
	const nodes = merged.nodes.map((node): DifferenceNode => {
		const baseTicks = selfTicks(base.tree, node.base);
		const headTicks = selfTicks(head.tree, node.head);
		return {
			frame: node.frame,
			parent: node.parent,
			baseSelf: baseTicks * basePerTick,
			headSelf: headTicks * headPerTick,
			baseTicks,
			headTicks,
		};
	});
	return { frames: merged.frames, nodes, basePerTick, headPerTick };
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
				Math.abs(b.self.difference) - Math.abs(a.self.difference) ||
				Math.abs(b.total.difference) - Math.abs(a.total.difference),
		);
}

/** For every node of the difference: what it costs with everything below it. */
export const subtreeDifferences = (difference: TreeDifference): CostDifference[] =>
	subtreeSums(difference).map((ticks) => costOf(difference, ticks));

/** What so many ticks on either side are worth. */
export function costOf(
	{ basePerTick, headPerTick }: TreeDifference,
	ticks: TicksOfSides = { base: 0, head: 0 },
): CostDifference {
	const baseCost = ticks.base * basePerTick;
	const headCost = ticks.head * headPerTick;
	const difference = headCost - baseCost;
	const noise = Math.sqrt(basePerTick ** 2 * ticks.base + headPerTick ** 2 * ticks.head);
	return {
		baseCost,
		headCost,
		baseTicks: ticks.base,
		headTicks: ticks.head,
		difference,
		noise,
		clear: Math.abs(difference) > CLEAR_OF_NOISE * noise,
	};
}

export interface TicksOfSides {
	readonly base: number;
	readonly head: number;
}

const perTick = ({ tree, perRequest }: ScaledTree): number => {
	const ticks = totalTicks(tree);
	return ticks === 0 ? 0 : perRequest / ticks;
};

const selfTicks = (tree: CallTree, nodes: readonly number[]): number =>
	nodes.reduce((sum, node) => sum + (tree.nodes[node]?.selfTicks ?? 0), 0);

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
