import { subtreeTicks, totalTicks } from "../../analyse/call-tree.js";
import type { CallTree } from "../../model/call-tree.js";

/** A call tree with everything that drawing it needs, computed once. Positions and widths are in ticks. */
export interface FlameLayout {
	readonly tree: CallTree;
	readonly allTicks: number;
	readonly totals: readonly number[];
	readonly depth: readonly number[];
	readonly left: readonly number[];
	/** Children of each node, the widest first. */
	readonly children: readonly (readonly number[])[];
	readonly maxDepth: number;
}

/** A frame to be drawn; left and width are shares 0…1 of the drawing's width. */
export interface DrawnFrame {
	readonly node: number;
	readonly depth: number;
	readonly left: number;
	readonly width: number;
	/** A caller of the frame that was zoomed to: drawn over the whole width, for the way back. */
	readonly above: boolean;
}

export function layOutFlame(tree: CallTree): FlameLayout {
	const totals = subtreeTicks(tree);
	const children: number[][] = tree.nodes.map(() => []);
	const depth = new Array<number>(tree.nodes.length).fill(0);
	tree.nodes.forEach((node, index) => {
		if (node.parent < 0) return;
		children[node.parent]?.push(index);
		depth[index] = (depth[node.parent] ?? 0) + 1;
	});
	const left = new Array<number>(tree.nodes.length).fill(0);
	children.forEach((ofNode, parent) => {
		ofNode.sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0) || a - b);
		let at = left[parent] ?? 0;
		for (const child of ofNode) {
			left[child] = at;
			at += totals[child] ?? 0;
		}
	});
	const maxDepth = depth.reduce((deepest, each) => Math.max(deepest, each), 0);
	return { tree, allTicks: totalTicks(tree), totals, depth, left, children, maxDepth };
}

/**
 * What is visible with `zoom` over the whole width, leaving out frames narrower than `minWidth` (a share of the width).
 * As the widest child comes first, the walk never looks further than one frame past what it draws: a tree of any size
 * costs as much as its visible part.
 */
export function visibleFrames(layout: FlameLayout, zoom: number, minWidth: number): DrawnFrame[] {
	const whole = layout.totals[zoom] ?? 0;
	if (whole === 0) return [];
	const from = layout.left[zoom] ?? 0;
	const drawn: DrawnFrame[] = ancestors(layout, zoom).map((node) => ({
		node,
		depth: layout.depth[node] ?? 0,
		left: 0,
		width: 1,
		above: true,
	}));
	const open = [zoom];
	for (let node = open.pop(); node !== undefined; node = open.pop()) {
		drawn.push({
			node,
			depth: layout.depth[node] ?? 0,
			left: ((layout.left[node] ?? 0) - from) / whole,
			width: (layout.totals[node] ?? 0) / whole,
			above: false,
		});
		for (const child of layout.children[node] ?? []) {
			if ((layout.totals[child] ?? 0) / whole < minWidth || layout.totals[child] === 0) break;
			open.push(child);
		}
	}
	return drawn;
}

/** The callers of a node, the root first. */
function ancestors(layout: FlameLayout, node: number): number[] {
	const path: number[] = [];
	for (let at = layout.tree.nodes[node]?.parent ?? -1; at >= 0; at = layout.tree.nodes[at]?.parent ?? -1) path.push(at);
	return path.reverse();
}

export interface MatchShare {
	/** Distinct functions that match. */
	readonly functions: number;
	/** Ticks with a matching function on top of the stack. */
	readonly selfTicks: number;
	/** Ticks with a matching function anywhere on the stack, each counted once. */
	readonly totalTicks: number;
}

/** The share of the frames in `matching` (frame indices), drawn or not. */
export function matchShare(layout: FlameLayout, matching: ReadonlySet<number>): MatchShare {
	const { nodes } = layout.tree;
	const covered = new Uint8Array(nodes.length);
	let selfTicks = 0;
	let total = 0;
	nodes.forEach((node, index) => {
		const above = node.parent >= 0 && covered[node.parent] === 1;
		const matches = matching.has(node.frame);
		if (matches) selfTicks += node.selfTicks;
		if (matches && !above) total += layout.totals[index] ?? 0;
		covered[index] = above || matches ? 1 : 0;
	});
	return { functions: matching.size, selfTicks, totalTicks: total };
}
