import type { CallNode, CallTree, Frame } from "#src/model/call-tree.js";

const ROOT_FRAME: Frame = {
	name: "(root)",
	file: null,
	line: null,
	column: null,
	kind: "native",
	package: null,
};

/** Equal for two frames that are the same function. */
export const frameKey = (frame: Frame): string =>
	`${frame.name}\0${frame.file ?? ""}\0${frame.line ?? ""}\0${frame.column ?? ""}`;

/** Collects stacks into a CallTree; equal stacks share their nodes. */
export class CallTreeBuilder {
	readonly #frames: Frame[] = [];
	readonly #frameIndex = new Map<string, number>();
	readonly #nodes: { frame: number; parent: number; selfTicks: number; putBack: boolean }[] = [];
	readonly #children: Map<number, number>[] = [];

	constructor() {
		this.#push(this.#indexOf(ROOT_FRAME), -1, false);
	}

	/** The root's node index, the parent of every stack's first frame. */
	readonly root = 0;

	/** The node for `frame` below `parent`, made if it is new. A frame that was put back never merges with a sampled one. */
	child(parent: number, frame: Frame, putBack = false): number {
		const siblings = this.#children[parent];
		if (siblings === undefined) throw new RangeError(`no node ${parent}`);
		const frameIndex = this.#indexOf(frame);
		const slot = frameIndex * 2 + (putBack ? 1 : 0);
		return siblings.get(slot) ?? this.#push(frameIndex, parent, putBack, slot);
	}

	addSelf(node: number, ticks: number): void {
		const found = this.#nodes[node];
		if (found === undefined) throw new RangeError(`no node ${node}`);
		found.selfTicks += ticks;
	}

	/** Adds a whole stack, outermost frame first. An empty stack is refused: a tick must belong to somebody. */
	addStack(stack: readonly Frame[], ticks: number): void {
		if (stack.length === 0) throw new RangeError("a stack needs at least one frame");
		let node = this.root;
		for (const frame of stack) node = this.child(node, frame);
		this.addSelf(node, ticks);
	}

	build(): CallTree {
		const nodes = this.#nodes.map(
			({ frame, parent, selfTicks, putBack }): CallNode =>
				putBack ? { frame, parent, selfTicks, putBack: true } : { frame, parent, selfTicks },
		);
		return { frames: [...this.#frames], nodes };
	}

	#indexOf(frame: Frame): number {
		const key = frameKey(frame);
		const known = this.#frameIndex.get(key);
		if (known !== undefined) return known;
		this.#frames.push(frame);
		this.#frameIndex.set(key, this.#frames.length - 1);
		return this.#frames.length - 1;
	}

	#push(frame: number, parent: number, putBack: boolean, slot?: number): number {
		const index = this.#nodes.length;
		this.#nodes.push({ frame, parent, selfTicks: 0, putBack });
		this.#children.push(new Map());
		if (slot !== undefined) this.#children[parent]?.set(slot, index);
		return index;
	}
}

/** Ticks of the whole tree. */
export const totalTicks = (tree: CallTree): number => tree.nodes.reduce((sum, node) => sum + node.selfTicks, 0);

/** By the index of a node, those that it calls. */
export function childrenOf({ nodes }: CallTree): number[][] {
	const children: number[][] = nodes.map(() => []);
	nodes.forEach(({ parent }, index) => {
		children[parent]?.push(index);
	});
	return children;
}

/** Per node: its own ticks and those of everything below it. */
export function subtreeTicks(tree: CallTree): number[] {
	const totals = tree.nodes.map((node) => node.selfTicks);
	for (let i = tree.nodes.length - 1; i > 0; i--) {
		const node = tree.nodes[i] as CallNode;
		totals[node.parent] = (totals[node.parent] ?? 0) + (totals[i] ?? 0);
	}
	return totals;
}

export interface FunctionTicks {
	readonly frame: Frame;
	readonly selfTicks: number;
	/** Ticks with the function anywhere on the stack; a recursive one counts once per tick. */
	readonly totalTicks: number;
}

/** Self and total ticks of every function, largest self first. The root, and processes, are left out. */
export function functionTicks(tree: CallTree): FunctionTicks[] {
	const self = new Array<number>(tree.frames.length).fill(0);
	const total = new Array<number>(tree.frames.length).fill(0);
	const totals = subtreeTicks(tree);
	tree.nodes.forEach((node, index) => {
		self[node.frame] = (self[node.frame] ?? 0) + node.selfTicks;
		if (!hasAncestorWithFrame(tree, node)) total[node.frame] = (total[node.frame] ?? 0) + (totals[index] ?? 0);
	});
	const rootFrame = tree.nodes[0]?.frame;
	return tree.frames
		.map((frame, index) => ({ frame, index }))
		.filter(({ frame, index }) => index !== rootFrame && frame.kind !== "process")
		.map(({ frame, index }) => ({ frame, selfTicks: self[index] ?? 0, totalTicks: total[index] ?? 0 }))
		.sort((a, b) => b.selfTicks - a.selfTicks || b.totalTicks - a.totalTicks);
}

function hasAncestorWithFrame(tree: CallTree, node: CallNode): boolean {
	for (let at = node.parent; at >= 0; ) {
		const ancestor = tree.nodes[at] as CallNode;
		if (ancestor.frame === node.frame) return true;
		at = ancestor.parent;
	}
	return false;
}
