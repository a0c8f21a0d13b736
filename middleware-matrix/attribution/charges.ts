import type { CallTree } from "#src/model/call-tree.js";
import type { Charge, Factor, Layer } from "#src/model/matrix.js";
import { calledLike } from "./called-like.js";
import { hasPlace } from "./places.js";
import { attributeToLayers } from "./walk.js";

/** Of the functions that are called like a layer, so many are named. */
const NAMED = 3;

/**
 * What a profile charges to layers that could not be left out: all that is known of what they cost.
 * @param tree profile of the variant with all layers, inlined frames put back
 * @param layers as they are switched, with those that are needed
 * @param parts the same as for attributeToLayers
 * @param cpuNsPerRequest of the same variant, from clean rounds
 */
export function chargesOf(
	tree: CallTree,
	layers: readonly Layer[],
	parts: readonly Layer[],
	factors: readonly Factor[],
	cpuNsPerRequest: number,
): Charge[] {
	const needed = layers.filter(({ keptIn }) => keptIn?.reason === "needed");
	const { ticks, total } = attributeToLayers(tree, parts, [
		...factors,
		...needed.map(({ id }): Factor => ({ name: id, layers: [id] })),
	]);
	if (total === 0) return [];
	return needed.flatMap((layer): Charge[] => {
		const charge = (own: number): Pick<Charge, "layer" | "nsPerRequest"> => ({
			layer: layer.id,
			nsPerRequest: (own / total) * cpuNsPerRequest,
		});
		if (hasPlace(layer)) return [{ ...charge(ticks.get(layer.id) ?? 0), by: "source", functions: [] }];
		const alike = calledLike(tree, layer.name);
		return alike.ticks === 0
			? []
			: [{ ...charge(alike.ticks), by: "name", functions: alike.functions.slice(0, NAMED) }];
	});
}
