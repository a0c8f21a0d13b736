import type { TreeDifference } from "#src/analyse/call-tree/difference.js";
import type { CallTree, Frame } from "#src/model/call-tree.js";

/** What a flamegraph is drawn from: one profile's call tree, or the difference of two. */
export interface FlameTree {
	readonly frames: readonly Frame[];
	readonly nodes: readonly { readonly frame: number; readonly parent: number; readonly putBack?: true }[];
}

/** A tree with everything that drawing it needs, computed once. Positions and widths have the unit of `self`. */
export interface FlameLayout {
	readonly tree: FlameTree;
	/** Per node: the part of its width that is not its children's. */
	readonly self: readonly number[];
	/** Per node: self with everything below. */
	readonly widths: readonly number[];
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

/** Widths are ticks. */
export const layOutProfile = (tree: CallTree): FlameLayout =>
	layOut(
		tree,
		tree.nodes.map((node) => node.selfTicks),
	);

/**
 * Both sides in one drawing; widths are CPU nanoseconds a request. What a function itself costs is as wide as on the side
 * where it costs more, so that what was there before and what was added can both be seen.
 */
export const layOutDifference = (difference: TreeDifference): FlameLayout =>
	layOut(
		difference,
		difference.nodes.map((node) => Math.max(node.baseSelf, node.headSelf)),
	);

function layOut(tree: FlameTree, self: readonly number[]): FlameLayout {
	const widths = subtreeSums(tree, self);
	const children: number[][] = tree.nodes.map(() => []);
	const depth = new Array<number>(tree.nodes.length).fill(0);
	tree.nodes.forEach((node, index) => {
		if (node.parent < 0) return;
		children[node.parent]?.push(index);
		depth[index] = (depth[node.parent] ?? 0) + 1;
	});
	const left = new Array<number>(tree.nodes.length).fill(0);
	children.forEach((ofNode, parent) => {
		ofNode.sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0) || a - b);
		let at = left[parent] ?? 0;
		for (const child of ofNode) {
			left[child] = at;
			at += widths[child] ?? 0;
		}
	});
	const maxDepth = depth.reduce((deepest, each) => Math.max(deepest, each), 0);
	return { tree, self, widths, depth, left, children, maxDepth };
}

/** Per node: its own value and those of everything below it. Parents stand before their children. */
function subtreeSums(tree: FlameTree, self: readonly number[]): number[] {
	const sums = [...self];
	for (let index = sums.length - 1; index > 0; index--) {
		const parent = tree.nodes[index]?.parent ?? -1;
		if (parent >= 0) sums[parent] = (sums[parent] ?? 0) + (sums[index] ?? 0);
	}
	return sums;
}

/**
 * What is visible with `zoom` over the whole width, leaving out frames narrower than `minWidth` (a share of the width).
 * As the widest child comes first, the walk never looks further than one frame past what it draws: a tree of any size
 * costs as much as its visible part.
 */
export function visibleFrames(layout: FlameLayout, zoom: number, minWidth: number): DrawnFrame[] {
	const whole = layout.widths[zoom] ?? 0;
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
			width: (layout.widths[node] ?? 0) / whole,
			above: false,
		});
		for (const child of layout.children[node] ?? []) {
			if ((layout.widths[child] ?? 0) / whole < minWidth || layout.widths[child] === 0) break;
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

export interface MatchSum {
	/** With a matching function on top of the stack. */
	readonly self: number;
	/** With a matching function anywhere on the stack, each stack counted once. */
	readonly total: number;
}

/** What the frames in `matching` (frame indices) add up to, drawn or not; `self` has one value per node. */
export function matchSum(tree: FlameTree, self: readonly number[], matching: ReadonlySet<number>): MatchSum {
	const totals = subtreeSums(tree, self);
	const covered = new Uint8Array(tree.nodes.length);
	const sum = { self: 0, total: 0 };
	tree.nodes.forEach((node, index) => {
		const above = node.parent >= 0 && covered[node.parent] === 1;
		const matches = matching.has(node.frame);
		if (matches) sum.self += self[index] ?? 0;
		if (matches && !above) sum.total += totals[index] ?? 0;
		covered[index] = above || matches ? 1 : 0;
	});
	return sum;
}
