import * as z from "zod";

/**
 * Everything on V8's heap at one moment: objects (nodes) and what holds what (edges), as `v8.getHeapSnapshot()` writes them. Nodes are
 * numbered from 0, the root; an object keeps its id from one snapshot of a process to the next.
 */
export interface HeapGraph {
	readonly nodes: number;
	/** V8's id of a node. */
	readonly ids: Float64Array;
	/** Its own bytes, without what it holds. */
	readonly sizes: Float64Array;
	/** Edges of node n: from firstEdge[n] to firstEdge[n + 1]. */
	readonly firstEdge: Uint32Array;
	readonly edgeTo: Uint32Array;
	/** V8's word: "object", "closure", "array", "string", "code", "native", "synthetic", "hidden", … */
	typeOf(node: number): string;
	/** The constructor of an object, the function of a closure; of strings their text, which may be anybody's. */
	nameOf(node: number): string;
	/** V8's word: "property", "context" (a variable), "element", "internal", "hidden", "shortcut", "weak". */
	edgeTypeOf(edge: number): string;
	/** The name of a property or variable, the number of an element. */
	edgeNameOf(edge: number): string;
	/** Counted from 1; null where V8 does not tell. */
	lineOf(node: number): number | null;
}

const names = z.array(z.string());
const numbers = z.array(z.number());
const snapshotSchema = z.object({
	snapshot: z.object({
		meta: z.object({
			node_fields: names,
			node_types: z.array(z.union([names, z.string()])),
			edge_fields: names,
			edge_types: z.array(z.union([names, z.string()])),
			location_fields: names.optional(),
		}),
		node_count: z.number(),
		edge_count: z.number(),
	}),
	// Millions of numbers: that they are some is seen where they are read.
	nodes: z.custom<readonly number[]>(Array.isArray),
	edges: z.custom<readonly number[]>(Array.isArray),
	locations: numbers.optional(),
	strings: z.custom<readonly string[]>(Array.isArray),
});

/** @throws where the text is no snapshot of V8 */
export function parseHeapSnapshot(text: string): HeapGraph {
	const { snapshot, nodes: nodeValues, edges: edgeValues, locations, strings } = snapshotSchema.parse(JSON.parse(text));
	const { meta, node_count: nodes, edge_count: edges } = snapshot;
	const at = (fields: readonly string[], field: string): number => {
		const index = fields.indexOf(field);
		if (index < 0) throw new RangeError(`a snapshot of the heap without the field ${field}`);
		return index;
	};
	const wordsAt = (types: readonly (string | readonly string[])[], index: number): readonly string[] => {
		const words = types[index];
		return typeof words === "string" || words === undefined ? [] : words;
	};
	const nodeWidth = meta.node_fields.length;
	const [typeAt, nameAt, idAt, sizeAt, countAt] = ["type", "name", "id", "self_size", "edge_count"].map((field) =>
		at(meta.node_fields, field),
	) as [number, number, number, number, number];
	const edgeWidth = meta.edge_fields.length;
	const [edgeTypeAt, edgeNameAt, toAt] = ["type", "name_or_index", "to_node"].map((field) =>
		at(meta.edge_fields, field),
	) as [number, number, number];
	const ids = new Float64Array(nodes);
	const sizes = new Float64Array(nodes);
	const firstEdge = new Uint32Array(nodes + 1);
	const edgeTo = new Uint32Array(edges);
	for (let node = 0, base = 0; node < nodes; node++, base += nodeWidth) {
		ids[node] = nodeValues[base + idAt] as number;
		sizes[node] = nodeValues[base + sizeAt] as number;
		firstEdge[node + 1] = (firstEdge[node] as number) + (nodeValues[base + countAt] as number);
	}
	if (firstEdge[nodes] !== edges) throw new RangeError("a snapshot of the heap whose edges are not those of its nodes");
	for (let edge = 0; edge < edges; edge++) edgeTo[edge] = (edgeValues[edge * edgeWidth + toAt] as number) / nodeWidth;
	const nodeTypes = wordsAt(meta.node_types, typeAt);
	const edgeTypes = wordsAt(meta.edge_types, edgeTypeAt);
	const lines = linesOf(locations ?? [], meta.location_fields ?? [], nodeWidth);
	const edgeTypeOf = (edge: number): string =>
		edgeTypes[edgeValues[edge * edgeWidth + edgeTypeAt] as number] ?? "unknown";
	return {
		nodes,
		ids,
		sizes,
		firstEdge,
		edgeTo,
		typeOf: (node) => nodeTypes[nodeValues[node * nodeWidth + typeAt] as number] ?? "unknown",
		nameOf: (node) => strings[nodeValues[node * nodeWidth + nameAt] as number] ?? "",
		edgeTypeOf,
		edgeNameOf: (edge) => {
			const value = edgeValues[edge * edgeWidth + edgeNameAt] as number;
			const type = edgeTypeOf(edge);
			return type === "element" || type === "hidden" ? String(value) : (strings[value] ?? "");
		},
		lineOf: (node) => lines.get(node) ?? null,
	};
}

function linesOf(
	locations: readonly number[],
	fields: readonly string[],
	nodeWidth: number,
): ReadonlyMap<number, number> {
	const [objectAt, lineAt] = [fields.indexOf("object_index"), fields.indexOf("line")];
	const lines = new Map<number, number>();
	if (objectAt < 0 || lineAt < 0) return lines;
	for (let base = 0; base + fields.length <= locations.length; base += fields.length) {
		lines.set((locations[base + objectAt] as number) / nodeWidth, (locations[base + lineAt] as number) + 1);
	}
	return lines;
}
