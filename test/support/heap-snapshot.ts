/** A heap as V8 writes it, of nodes that are told by hand; the first is the root. */
export interface SnapshotNode {
	readonly id: number;
	readonly type: string;
	readonly name: string;
	readonly bytes?: number;
	/** Counted from 1. */
	readonly line?: number;
	readonly edges?: readonly (readonly [type: string, name: string | number, to: number])[];
}

const NODE_TYPES = ["hidden", "array", "string", "object", "code", "closure", "native", "synthetic", "object shape"];
const EDGE_TYPES = ["context", "element", "property", "internal", "hidden", "shortcut", "weak"];
const NODE_FIELDS = ["type", "name", "id", "self_size", "edge_count", "trace_node_id", "detachedness"];

export function heapSnapshotText(nodes: readonly SnapshotNode[]): string {
	const strings: string[] = [];
	const indexOf = (text: string): number => {
		const known = strings.indexOf(text);
		return known >= 0 ? known : strings.push(text) - 1;
	};
	const at = new Map(nodes.map(({ id }, index) => [id, index * NODE_FIELDS.length]));
	const edges = nodes.flatMap((node) =>
		(node.edges ?? []).flatMap(([type, name, to]) => [
			EDGE_TYPES.indexOf(type),
			typeof name === "number" ? name : indexOf(name),
			at.get(to) ?? Number.NaN,
		]),
	);
	return JSON.stringify({
		snapshot: {
			meta: {
				node_fields: NODE_FIELDS,
				node_types: [NODE_TYPES, "string", "number", "number", "number", "number", "number"],
				edge_fields: ["type", "name_or_index", "to_node"],
				edge_types: [EDGE_TYPES, "string_or_number", "node"],
				location_fields: ["object_index", "script_id", "line", "column"],
			},
			node_count: nodes.length,
			edge_count: edges.length / 3,
		},
		nodes: nodes.flatMap(({ type, name, id, bytes, edges: own }) => [
			NODE_TYPES.indexOf(type),
			indexOf(name),
			id,
			bytes ?? 0,
			own?.length ?? 0,
			0,
			0,
		]),
		edges,
		locations: nodes.flatMap(({ id, line }) => (line === undefined ? [] : [at.get(id) ?? Number.NaN, 1, line - 1, 0])),
		strings,
	});
}
