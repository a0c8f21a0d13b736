import type { Layer } from "#src/model/matrix.js";
import { sourceLabel } from "#src/report/labels/frame.js";

/** Where a layer comes from: "@fastify/cors@11.4.3", "src/app.ts:12", or null. */
export function layerOrigin({ package: from, file, line }: Layer, cwd: string | null): string | null {
	if (from !== null) return from.version === null ? from.name : `${from.name}@${from.version}`;
	return sourceLabel({ file, line }, cwd);
}

/** What it is in the stack: container / layer / off path / needed / not chosen. */
export function layerRole({ keptIn, kind }: Layer): string {
	if (keptIn !== null) return keptIn.reason;
	return kind === "setting" ? "layer (setting)" : kind === "hook" ? "layer (hook)" : "layer";
}

/** What it does and needs, each as a phrase: "hooks onRequest, onSend". */
export const layerFacts = ({ hooks, decorates, dependsOn, routes }: Layer): string[] => [
	...(hooks.length === 0 ? [] : [`hooks ${hooks.join(", ")}`]),
	...(decorates.length === 0 ? [] : [`decorates ${decorates.join(", ")}`]),
	...(dependsOn.length === 0 ? [] : [`depends on ${dependsOn.join(", ")}`]),
	...(routes === 0 ? [] : [`${routes} ${routes === 1 ? "route" : "routes"}`]),
];

/** A layer with how deep it lies. */
export interface PlacedLayer {
	readonly layer: Layer;
	/** By ancestor and itself, whether it is the last of its siblings; as long as it is deep, empty at the root. */
	readonly last: readonly boolean[];
}

/**
 * Layers as a tree, in the order of registration, each after its parent. One whose parent is not there, or that stands above
 * itself, is placed at the root.
 */
export function layerTree(layers: readonly Layer[]): PlacedLayer[] {
	const sorted = [...layers].sort((a, b) => a.order - b.order);
	const known = new Map(sorted.map((each) => [each.id, each]));
	const isBelowItself = (layer: Layer): boolean => {
		const seen = new Set<string>();
		for (let at: Layer | undefined = layer; at !== undefined; at = known.get(at.parent ?? "")) {
			if (seen.has(at.id)) return true;
			seen.add(at.id);
		}
		return false;
	};
	const parentOf = (layer: Layer): string | null =>
		layer.parent === null || !known.has(layer.parent) || isBelowItself(layer) ? null : layer.parent;
	const placed: PlacedLayer[] = [];
	const place = (parent: string | null, above: readonly boolean[]): void => {
		const children = sorted.filter((each) => parentOf(each) === parent);
		for (const [index, layer] of children.entries()) {
			const last = [...above, index === children.length - 1];
			placed.push({ layer, last });
			place(layer.id, last);
		}
	};
	place(null, []);
	return placed;
}
