import type { Layer } from "#src/model/matrix.js";

const WITHIN = " > ";

/**
 * By id, the shortest of what a layer may be called that no other may be called as well: its name, then its id
 * without the first of its parents, so "@fastify/cors" instead of "app > autoload > @fastify/cors". The id itself where two
 * layers share all of that.
 */
export function layerNames(layers: readonly Pick<Layer, "id" | "name">[]): ReadonlyMap<string, string> {
	const candidates = new Map(layers.map((layer) => [layer.id, new Set([layer.name, ...tailsOf(layer.id)])]));
	const users = new Map<string, number>();
	for (const name of [...candidates.values()].flatMap((each) => [...each])) users.set(name, (users.get(name) ?? 0) + 1);
	return new Map([...candidates].map(([id, names]) => [id, [...names].find((name) => users.get(name) === 1) ?? id]));
}

/** "a > b > c": "c", "b > c", "a > b > c". */
function tailsOf(id: string): string[] {
	const parts = id.split(WITHIN);
	return parts.map((_, index) => parts.slice(parts.length - 1 - index).join(WITHIN));
}
