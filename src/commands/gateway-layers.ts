import { usageError } from "#src/errors.js";
import { layerNames } from "#src/gateway/layers/names.js";
import { nearest } from "#src/nearest.js";
import { parseList } from "./parse.js";

export interface LayerChoice {
	readonly layers?: string;
	readonly without?: string;
}

const NONE = "none";

/**
 * The gateway's flags for --layers and --without, checked before it is started.
 * @throws KnownError USAGE for layers that there are not, for none, and for one that is named in both
 */
export function layerFlags({ layers, without }: LayerChoice): string[] {
	const only = layers === undefined ? null : layers.trim() === NONE ? [] : namesOf(layers, "--layers");
	const left = without === undefined ? [] : namesOf(without, "--without");
	const both = only?.find((name) => left.includes(name));
	if (both !== undefined) throw usageError(`--layers and --without both name ${both}`, "leave it out of one of them");
	return [
		...(only === null ? [] : ["--layers", only.join(",")]),
		...(left.length === 0 ? [] : ["--without", left.join(",")]),
	];
}

function namesOf(text: string, option: string): string[] {
	const names = parseList(text);
	if (names.length === 0) {
		throw usageError(
			`${option} names no layer`,
			option === "--layers" ? `--layers ${NONE} leaves all of them out` : `leave it out`,
		);
	}
	const known: readonly string[] = layerNames;
	const strange = names.find((name) => !known.includes(name));
	if (strange === undefined) return names;
	const close = nearest(strange, known);
	throw usageError(
		`there is no layer "${strange}" for ${option}`,
		`${close === undefined ? "" : `did you mean ${close}? `}${option} takes ${known.join(", ")}`,
	);
}
