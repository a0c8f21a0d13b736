import type { HeapGraph } from "./heap-graph.js";

/** How each object is reached from the root by the fewest steps, as a debugger shows it. */
export interface ShortestPaths {
	/** Nodes that are reached, each behind its parent. */
	readonly order: Uint32Array;
	/** The edge by which a node is reached. */
	readonly edge: Int32Array;
	/** The node that holds it; −1 for the root and for what is not reached. */
	readonly parent: Int32Array;
}

/**
 * Breadth first over all edges but weak ones. What the program itself can reach comes first: V8's own lists of roots hold much of it
 * as well, by paths that are short and say nothing.
 */
export function shortestPaths(graph: HeapGraph): ShortestPaths {
	const { nodes, firstEdge, edgeTo } = graph;
	const order = new Uint32Array(nodes);
	const edge = new Int32Array(nodes).fill(-1);
	const parent = new Int32Array(nodes).fill(-1);
	const reached = new Uint8Array(nodes);
	let [from, to] = [0, 0];
	const visit = (node: number, isWanted: (edge: number) => boolean): void => {
		const end = firstEdge[node + 1] as number;
		for (let each = firstEdge[node] as number; each < end; each++) {
			const child = edgeTo[each] as number;
			if (reached[child] === 1 || !isWanted(each)) continue;
			reached[child] = 1;
			parent[child] = node;
			edge[child] = each;
			order[to++] = child;
		}
	};
	const isStrong = (each: number): boolean => graph.edgeTypeOf(each) !== "weak";
	const visitAll = (): void => {
		while (from < to) visit(order[from++] as number, isStrong);
	};
	if (nodes === 0) return { order, edge, parent };
	reached[0] = 1;
	order[to++] = 0;
	from = 1;
	visit(0, (each) => isStrong(each) && graph.typeOf(edgeTo[each] as number) !== "synthetic");
	visitAll();
	visit(0, isStrong);
	visitAll();
	return { order: order.subarray(0, to), edge, parent };
}
