import { pathOfUrl } from "#src/analyse/call-tree/frame-kind.js";
import type { Keeper } from "#src/model/allocation.js";
import type { HeapGraph } from "./heap-graph.js";
import { type ShortestPaths, shortestPaths } from "./shortest-paths.js";

/** Less of what stays is not worth a line. */
const SMALLEST_SHARE = 0.05;
const MOST_KEEPERS = 5;
const MOST_KINDS = 3;
/** Names of properties may be anything, keys of a cache for example. */
const LONGEST_NAME = 40;
/** Of these the last ones are shown. */
const MOST_STEPS = 6;

/**
 * Who keeps what came between two snapshots of one heap and is still there: objects that were there before, each with the bytes that
 * it holds more. What is new is charged to the nearest older object on the shortest path from the root; what is gone (a table that
 * became too small and was replaced by a larger one) is taken off in the same way. The largest first, from 5 % of what stays on.
 *
 * @param requests answered between the two; bytes and objects are told for one of them
 */
export function keepersBetween(before: HeapGraph, after: HeapGraph, requests: number): readonly Keeper[] {
	if (requests <= 0) return [];
	const came = chargesOf(after, idsOf(before));
	const went = chargesOf(before, idsOf(after));
	const all = [...came.charges].map(([id, charge]) => ({ id, charge: less(charge, went.charges.get(id)) }));
	const total = all.reduce((sum, { charge }) => sum + Math.max(0, charge.bytes), 0);
	return all
		.filter(({ charge }) => charge.bytes > 0 && charge.bytes >= SMALLEST_SHARE * total)
		.toSorted((a, b) => b.charge.bytes - a.charge.bytes)
		.slice(0, MOST_KEEPERS)
		.map(({ charge }) => keeperOf(after, came.paths, charge, requests));
}

interface Kind {
	readonly name: string;
	/** One of them. */
	readonly node: number;
	bytes: number;
	objects: number;
}

/** What one older object holds of what came, or went. */
interface Charge {
	readonly holder: number;
	bytes: number;
	objects: number;
	readonly kinds: Map<string, Kind>;
	/** Where all of it hangs on one property or variable of the holder, its edge; null where on several. */
	through: number | null;
}

interface Charges {
	/** By the id of the holder. */
	readonly charges: ReadonlyMap<number, Charge>;
	readonly paths: ShortestPaths;
}

function idsOf({ ids }: HeapGraph): ReadonlySet<number> {
	return new Set(ids);
}

/** Every object that is not among `others`, charged to the nearest one that is. */
function chargesOf(graph: HeapGraph, others: ReadonlySet<number>): Charges {
	const paths = shortestPaths(graph);
	const charges = new Map<number, Charge>();
	/** By node, of those that are not among the others. */
	const chargeOf = new Map<number, Charge>();
	for (const node of paths.order) {
		const parent = paths.parent[node] as number;
		if (parent < 0 || others.has(graph.ids[node] as number)) continue;
		let charge = chargeOf.get(parent);
		if (charge === undefined) {
			const { holder, edge } = readable(graph, paths, node);
			const id = graph.ids[holder] as number;
			charge = charges.get(id);
			if (charge === undefined) {
				charge = { holder, bytes: 0, objects: 0, kinds: new Map(), through: edge };
				charges.set(id, charge);
			} else if (charge.through !== edge) charge.through = null;
		}
		chargeOf.set(node, charge);
		addTo(charge, graph, node);
	}
	return { charges, paths };
}

function addTo(charge: Charge, graph: HeapGraph, node: number): void {
	const bytes = graph.sizes[node] as number;
	const name = kindOf(graph, node);
	const kind = charge.kinds.get(name);
	charge.bytes += bytes;
	charge.objects += 1;
	if (kind === undefined) charge.kinds.set(name, { name, node, bytes, objects: 1 });
	else {
		kind.bytes += bytes;
		kind.objects += 1;
	}
}

function less(came: Charge, went: Charge | undefined): Charge {
	if (went === undefined) return came;
	const kinds = new Map<string, Kind>();
	for (const [name, kind] of came.kinds) {
		const gone = went.kinds.get(name);
		kinds.set(name, {
			...kind,
			bytes: kind.bytes - (gone?.bytes ?? 0),
			objects: kind.objects - (gone?.objects ?? 0),
		});
	}
	return { ...came, bytes: came.bytes - went.bytes, objects: came.objects - went.objects, kinds };
}

/** The nearest older holder of a new node that a program has a name for, and the edge by which it holds. */
function readable(
	graph: HeapGraph,
	{ parent, edge }: ShortestPaths,
	node: number,
): { readonly holder: number; readonly edge: number } {
	let through = edge[node] as number;
	let holder = parent[node] as number;
	while (!hasName(graph, holder) && (parent[holder] as number) > 0) {
		through = edge[holder] as number;
		holder = parent[holder] as number;
	}
	return { holder, edge: through };
}

/** Tables, shapes and code are V8's own, and belong to what holds them. */
function hasName(graph: HeapGraph, node: number): boolean {
	const type = graph.typeOf(node);
	const name = graph.nameOf(node);
	if (type === "closure" || type === "native") return true;
	return type === "object" && (!name.startsWith("system /") || isScope(graph, node));
}

const isScope = (graph: HeapGraph, node: number): boolean => graph.nameOf(node) === "system / Context";

/** Never a string's text: it may be anybody's. */
function kindOf(graph: HeapGraph, node: number): string {
	const type = graph.typeOf(node);
	const name = graph.nameOf(node);
	switch (type) {
		case "object":
			return isScope(graph, node) ? "scopes of functions" : name.startsWith("system /") ? "V8's own" : cut(name);
		case "closure":
			return name === "" ? "functions without a name" : `function ${cut(name)}`;
		case "string":
		case "concatenated string":
		case "sliced string":
			return "strings";
		case "array":
			return "tables and elements";
		case "code":
			return "compiled code";
		case "number":
		case "bigint":
			return "numbers";
		default:
			return type === "native" ? cut(name) : "V8's own";
	}
}

function keeperOf(graph: HeapGraph, paths: ShortestPaths, charge: Charge, requests: number): Keeper {
	const { holder, through, kinds } = charge;
	const { path, seenBy } = wayTo(graph, paths, holder, through);
	return {
		path,
		holds: isScope(graph, holder) ? null : kindOf(graph, holder),
		seenBy: seenBy === null ? null : placeOf(graph, seenBy),
		bytesPerRequest: charge.bytes / requests,
		objectsPerRequest: charge.objects / requests,
		kinds: [...kinds.values()]
			.filter(({ bytes }) => bytes > 0)
			.toSorted((a, b) => b.bytes - a.bytes)
			.slice(0, MOST_KINDS)
			.map(({ name, node, bytes, objects }) => ({
				name,
				place: graph.typeOf(node) === "closure" ? placeOf(graph, node) : null,
				bytesPerRequest: bytes / requests,
				objectsPerRequest: objects / requests,
			})),
	};
}

/** How a program gets to an object: from a variable of a scope, or from what is global, by properties and elements. */
function wayTo(
	graph: HeapGraph,
	{ parent, edge }: ShortestPaths,
	holder: number,
	through: number | null,
): { readonly path: string; readonly seenBy: number | null } {
	const steps: string[] = through === null ? [] : stepsOf(graph, through, holder);
	let node = holder;
	while ((parent[node] as number) > 0 && !isScope(graph, node) && !isGlobal(graph, node)) {
		const above = parent[node] as number;
		if (graph.typeOf(above) !== "synthetic") steps.unshift(...stepsOf(graph, edge[node] as number, above));
		node = above;
	}
	const name = isScope(graph, node) || isGlobal(graph, node) ? [] : [cut(graph.nameOf(node))];
	const all = [...name, ...steps].filter((step) => step !== "");
	const shown = all.length > MOST_STEPS ? ["…", ...all.slice(-MOST_STEPS)] : all;
	const path = shown.reduce(
		(text, step) => (text === "" || step.startsWith("[") ? `${text}${step}` : `${text}.${step}`),
		"",
	);
	return { path, seenBy: isScope(graph, node) ? closureAbove(graph, parent, node) : null };
}

/** In its own words of V8 the step has no name, but for a table's members. */
function stepsOf(graph: HeapGraph, edge: number, from: number): string[] {
	const type = graph.edgeTypeOf(edge);
	const name = graph.edgeNameOf(edge);
	if (type === "context" || type === "shortcut") return [cut(name)];
	if (type === "property") return [/^[\w$]+$/.test(name) ? cut(name) : `["${cut(name)}"]`];
	if (type === "element" || graph.typeOf(from) === "array") return ["[…]"];
	return [];
}

const isGlobal = (graph: HeapGraph, node: number): boolean => /^global\b/.test(graph.nameOf(node));

function closureAbove(graph: HeapGraph, parent: Int32Array, scope: number): number | null {
	for (let node = parent[scope] as number; node > 0; node = parent[node] as number) {
		if (graph.typeOf(node) === "closure") return node;
	}
	return null;
}

function placeOf(graph: HeapGraph, closure: number): NonNullable<Keeper["seenBy"]> {
	const name = graph.nameOf(closure);
	return { name: name === "" ? "(anonymous)" : cut(name), file: scriptOf(graph, closure), line: graph.lineOf(closure) };
}

/** A closure's code is shared, and knows its script, whose name is its address. */
function scriptOf(graph: HeapGraph, closure: number): string | null {
	const shared = childBy(graph, closure, "shared");
	const script = shared === null ? null : childBy(graph, shared, "script_or_debug_info", "script");
	const name = script === null ? "" : graph.nameOf(script);
	return name === "" || name.startsWith("system /") ? null : pathOfUrl(name);
}

function childBy(graph: HeapGraph, node: number, ...names: readonly string[]): number | null {
	const end = graph.firstEdge[node + 1] as number;
	for (let edge = graph.firstEdge[node] as number; edge < end; edge++) {
		if (graph.edgeTypeOf(edge) === "internal" && names.includes(graph.edgeNameOf(edge))) {
			return graph.edgeTo[edge] as number;
		}
	}
	return null;
}

const cut = (name: string): string => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name);
