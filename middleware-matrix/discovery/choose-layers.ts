import { type KnownError, usageError } from "#src/errors.js";
import type { Layer } from "#src/model/matrix.js";
import { nearest } from "#src/nearest.js";

/** Which of the layers the user wants in the design, by name or id. */
export interface LayerChoice {
	/** Null: all that can be left out. */
	readonly only: readonly string[] | null;
	/** On in every variant. */
	readonly skip: readonly string[];
}

/**
 * Marks what the user left out of the design.
 * @throws KnownError USAGE for a name that no layer has
 */
export function chooseLayers(layers: readonly Layer[], { only, skip }: LayerChoice): Layer[] {
	const wanted = only === null ? null : layersNamed(only, layers, "--only");
	const unwanted = layersNamed(skip, layers, "--skip");
	return layers.map((layer) => {
		const chosen = (wanted === null || wanted.has(layer.id)) && !unwanted.has(layer.id);
		return chosen || layer.keptIn !== null ? layer : { ...layer, keptIn: { reason: "not chosen" } };
	});
}

/**
 * Ids of the layers that an option names by name or id.
 * @throws KnownError USAGE for a name that no layer has
 */
export const layersNamed = (names: readonly string[], layers: readonly Layer[], option: string): ReadonlySet<string> =>
	new Set(
		names.flatMap((name) => {
			const found = layers.filter((layer) => layer.id === name || layer.name === name);
			if (found.length === 0) throw noSuchLayer(option, name, layers);
			return found.map(({ id }) => id);
		}),
	);

export function noSuchLayer(option: string, name: string, layers: readonly Pick<Layer, "id">[]): KnownError {
	const close = nearest(
		name,
		layers.map(({ id }) => id),
	);
	return usageError(
		`${option} ${name}: there is no such layer`,
		`${close === undefined ? "" : `the nearest is ${close}; `}matrix --list shows all`,
	);
}
