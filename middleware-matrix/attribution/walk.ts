import type { CallTree, Frame } from "#src/model/call-tree.js";
import type { Factor, Layer } from "#src/model/matrix.js";
import { callsHandler, carriesRequestOn } from "./fastify.js";
import { type Candidates, LayerPlaces } from "./places.js";

/** What a profile's ticks belong to. */
export interface TicksOfFactors {
	/** By the name of each factor. */
	readonly ticks: ReadonlyMap<string, number>;
	/** Of the whole tree. */
	readonly total: number;
	/**
	 * By the name of a factor, ids of layers that the profile cannot tell from its own: their code begins at the same
	 * place.
	 */
	readonly untold: ReadonlyMap<string, readonly string[]>;
}

/**
 * Shares a profile out. A function belongs to a layer by its source file or package, else to the nearest caller that
 * does, until Fastify carries the request on: what comes below is the next one's. The handler of a route is no layer's.
 * Ticks of several layers that cannot be told apart belong to none of them.
 * @param layers all: those that are not switched as well, so that their ticks do not go to another, and best those
 * within others, each by itself: what is within a layer is switched with it, and its own place says more than the outer
 * one's
 */
export function attributeToLayers(
	tree: CallTree,
	layers: readonly Layer[],
	factors: readonly Factor[],
): TicksOfFactors {
	const factorOf = factorsOfLayers(layers, factors);
	const ticks = new Map(factors.map(({ name }) => [name, 0]));
	const untold = new Map<string, readonly string[]>();
	const owners = ownersOfNodes(tree, layers);
	let total = 0;
	tree.nodes.forEach(({ selfTicks }, index) => {
		total += selfTicks;
		const candidates = owners[index] ?? [];
		const names = new Set(candidates.map(({ id }) => factorOf.get(id)));
		const [only] = names;
		if (names.size === 1 && only !== undefined) ticks.set(only, (ticks.get(only) ?? 0) + selfTicks);
		if (names.size < 2 || selfTicks === 0) return;
		for (const name of names) {
			if (name === undefined) continue;
			const others = candidates.flatMap(({ id }) => (factorOf.get(id) === name ? [] : [id]));
			untold.set(name, [...new Set([...(untold.get(name) ?? []), ...others])]);
		}
	});
	return { ticks, total, untold };
}

/** By the id of a layer, the factor that switches it: that of the layer, or of the nearest one around it. */
export function factorsOfLayers(layers: readonly Layer[], factors: readonly Factor[]): ReadonlyMap<string, string> {
	const named = new Map(factors.flatMap(({ name, layers: ids }) => ids.map((id) => [id, name] as const)));
	const parents = new Map(layers.map(({ id, parent }) => [id, parent]));
	const found = new Map<string, string>();
	for (const { id } of layers) {
		let at: string | null = id;
		while (at !== null && !named.has(at)) at = parents.get(at) ?? null;
		const factor = at === null ? undefined : named.get(at);
		if (factor !== undefined) found.set(id, factor);
	}
	return found;
}

/**
 * Where the walk is: whom a position belongs to, and the source file of the nearest function that has one outside of
 * Node.
 */
interface Position {
	readonly owners: Candidates;
	readonly file: string | null;
}

const NOBODY: Candidates = [];

/** By the index of a node: nobody, its layer, or those that cannot be told apart. */
function ownersOfNodes(tree: CallTree, layers: readonly Layer[]): Candidates[] {
	const places = new LayerPlaces(layers);
	const handlers = handlerFrames(tree);
	const positions: Position[] = [];
	for (const node of tree.nodes) {
		const frame = tree.frames[node.frame];
		const caller = positions[node.parent] ?? { owners: NOBODY, file: null };
		positions.push(frame === undefined ? caller : positionOf(frame, caller, places, handlers.has(node.frame)));
	}
	return positions.map(({ owners }) => owners);
}

function positionOf(frame: Frame, caller: Position, places: LayerPlaces, isHandler: boolean): Position {
	if (frame.file === null || frame.kind === "node") return caller;
	const { file } = frame;
	if (isHandler || carriesRequestOn(frame)) return { owners: NOBODY, file };
	const exact = places.beginningAt(frame);
	if (exact.length > 0) return { owners: among(exact, caller.owners), file };
	// Within one file, who came in decides: a handler may share its file with a plugin, and both may call what else is
	// there.
	const found = file === caller.file ? NOBODY : places.around(frame);
	return { owners: found.length === 0 ? caller.owners : among(found, caller.owners), file };
}

/** Of several, those that the caller belongs to already. */
function among(found: Candidates, caller: Candidates): Candidates {
	if (found.length < 2) return found;
	const same = found.filter((layer) => caller.includes(layer));
	return same.length > 0 ? same : found;
}

/**
 * Handlers of the application's routes. After an await they run from the event loop, with no caller that tells what
 * they are, so they are known by another place in the tree. A package's function called as a handler may be one that a
 * layer wrapped around it.
 */
function handlerFrames(tree: CallTree): ReadonlySet<number> {
	const found = new Set<number>();
	for (const { frame, parent } of tree.nodes) {
		const caller = tree.frames[tree.nodes[parent]?.frame ?? -1];
		if (caller !== undefined && callsHandler(caller) && tree.frames[frame]?.kind === "app") found.add(frame);
	}
	return found;
}
