import type { CallNode, CallTree } from "#src/model/call-tree.js";

/**
 * The tree without az-prof's own code in the target, and how many ticks that had: the clean window, by whose cost the tree is scaled,
 * has none of it. What Node and V8 do for our code goes with it; functions of the target that it calls (a hook that is
 * wrapped) stay where they are.
 */
export function withoutOwnCode(tree: CallTree): { readonly tree: CallTree; readonly removedTicks: number } {
	const isOwn: boolean[] = [];
	for (const node of tree.nodes) {
		const kind = tree.frames[node.frame]?.kind;
		const isTargets = kind === "app" || kind === "dependency";
		isOwn.push(kind === "profiler" || (isOwn[node.parent] === true && !isTargets));
	}
	let removedTicks = 0;
	const nodes = tree.nodes.map((node, index): CallNode => {
		if (!isOwn[index] || node.selfTicks === 0) return node;
		removedTicks += node.selfTicks;
		return { ...node, selfTicks: 0 };
	});
	return removedTicks === 0
		? { tree, removedTicks }
		: { tree: withoutEmpty({ frames: tree.frames, nodes }), removedTicks };
}

/** Without the positions that have no tick at or below them, and the frames that stand nowhere then. */
function withoutEmpty({ frames, nodes }: CallTree): CallTree {
	const isKept = nodes.map(({ selfTicks }) => selfTicks > 0);
	for (let index = nodes.length - 1; index > 0; index--) {
		const parent = nodes[index]?.parent ?? -1;
		if (isKept[index] && parent >= 0) isKept[parent] = true;
	}
	isKept[0] = true;
	const places = new Map<number, number>([[-1, -1]]);
	const framePlaces = new Map<number, number>();
	const kept: CallNode[] = [];
	nodes.forEach((node, index) => {
		if (!isKept[index]) return;
		places.set(index, kept.length);
		const frame = framePlaces.get(node.frame) ?? framePlaces.size;
		framePlaces.set(node.frame, frame);
		kept.push({ ...node, frame, parent: places.get(node.parent) ?? 0 });
	});
	return { frames: [...framePlaces.keys()].flatMap((index) => frames[index] ?? []), nodes: kept };
}
