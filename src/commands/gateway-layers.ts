import { usageError } from "#src/errors.js";
import { layerNames } from "#src/gateway/layers/names.js";
import { nearest } from "#src/nearest.js";
import { parseList } from "./parse.js";

/** The reference gateway's choice of layers, as the command line has it. */
interface LayerOptions {
	readonly layers?: string;
	readonly without?: string;
}

/**
 * The gateway's own flags for them. It would refuse a name that it does not know as well, but only once it is started.
 * @throws KnownError USAGE
 */
export function gatewayLayerFlags({ layers, without }: LayerOptions): string[] {
	const only = layers === undefined ? null : checked("--layers", layers);
	const left = without === undefined ? null : checked("--without", without);
	const both = left?.find((name) => only?.includes(name));
	if (both !== undefined) {
		throw usageError(`--layers and --without both name ${both}`, "leave it out of one of them");
	}
	return [
		...(only === null ? [] : ["--layers", only.join(",")]),
		...(left === null ? [] : ["--without", left.join(",")]),
	];
}

function checked(option: string, text: string): string[] {
	const names = parseList(text);
	if (names.length === 0) {
		throw usageError(
			`${option} names no layer`,
			option === "--layers" ? `without any layer is --without ${layerNames.join(",")}` : "leave the option out",
		);
	}
	const known: readonly string[] = layerNames;
	const unknown = names.find((name) => !known.includes(name));
	if (unknown !== undefined) {
		const close = nearest(unknown, layerNames);
		const hint = close === undefined ? "" : `the nearest is ${close}; `;
		throw usageError(
			`${option} ${unknown}: the gateway has no such layer`,
			`${hint}there are ${layerNames.join(", ")}`,
		);
	}
	return names;
}
