import { usageError } from "#src/errors.js";
import { readLayerFile } from "./layer-file.js";
import { isLayerSetting, type LayerSetting, parseLayerSetting } from "./layer-setting.js";

/**
 * What all --layer options say together. Each is a setting ("cors=env:CORS=0") or the path of a file of them.
 * @param environment what the target will inherit
 * @throws KnownError USAGE
 */
export async function readLayerOptions(
	options: readonly string[],
	environment: Readonly<Record<string, string | undefined>>,
	signal: AbortSignal,
): Promise<LayerSetting[]> {
	const settings: LayerSetting[] = [];
	for (const text of options) {
		const isSetting = isLayerSetting(text) || !/\.(json|toml)$/i.test(text);
		settings.push(...(isSetting ? [parseLayerSetting(text)] : await readLayerFile(text, signal)));
	}
	refuseSameNames(settings);
	refuseSharedSwitches(settings);
	refuseOffAlready(settings, environment);
	return settings;
}

/** Names count as the same where only their case differs: they become names of files. */
function refuseSameNames(settings: readonly LayerSetting[]): void {
	const seen = new Set<string>();
	for (const { name } of settings) {
		if (seen.has(name.toLowerCase())) throw usageError(`there are two layers "${name}"`, "give each a name of its own");
		seen.add(name.toLowerCase());
	}
}

/** Layers with a switch in common cannot be switched apart: the one's setting would undo the other's. */
function refuseSharedSwitches(settings: readonly LayerSetting[]): void {
	const owners = new Map<string, string>();
	for (const { name, off, on } of settings) {
		const variables = [...new Set([...Object.keys(off.env), ...Object.keys(on.env)])];
		const flags = [off.flags, on.flags].filter((each) => each.length > 0).map((each) => each.join(" "));
		for (const each of new Set([...variables, ...flags])) {
			const owner = owners.get(each);
			if (owner !== undefined) {
				throw usageError(
					`layers "${owner}" and "${name}" are both switched by ${each}`,
					"give each a setting of its own, or make them one layer",
				);
			}
			owners.set(each, name);
		}
	}
}

/** A variable that is off in our environment as well would have the layer off in every variant. */
function refuseOffAlready(
	settings: readonly LayerSetting[],
	environment: Readonly<Record<string, string | undefined>>,
): void {
	for (const { name, off, on } of settings) {
		const set = Object.entries(off.env).find(([key, value]) => environment[key] === value && on.env[key] === undefined);
		if (set === undefined) continue;
		throw usageError(
			`${set[0]} has the value that turns layer "${name}" off in this shell already`,
			`unset ${set[0]}, so that the layer can be on`,
		);
	}
}
