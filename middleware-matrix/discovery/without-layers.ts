import { applySettings } from "#matrix/settings/apply-settings.js";
import type { LayerSetting } from "#matrix/settings/layer-setting.js";
import { usageError } from "#src/errors.js";
import type { TargetSpec } from "#src/target/target.js";
import { environmentFor } from "./environment.js";

/** How a target is started without some of its layers. */
export interface WithoutLayers {
	readonly method: "absent" | "settings";
	/** The target in which the layers of these ids are left out. */
	without(layerIds: readonly string[]): TargetSpec;
}

/** The framework never registers them. */
export const byFramework = (target: TargetSpec): WithoutLayers => ({
	method: "absent",
	without: (layerIds) => withEnvironment(target, environmentFor({ mode: "absent", without: layerIds })),
});

/** As the user said, by environment and flags. */
export const bySettings = (target: TargetSpec, settings: readonly LayerSetting[]): WithoutLayers => ({
	method: "settings",
	without: (layerIds) =>
		applySettings(
			target,
			settings,
			new Set(settings.map(({ name }) => name).filter((name) => !layerIds.includes(name))),
		),
});

/** The target with additions to its environment. A server that runs already has none to add to. */
export function withEnvironment(target: TargetSpec, env: Readonly<Record<string, string>>): TargetSpec {
	if (target.kind === "url") {
		throw usageError("a server that runs already cannot be started without a layer", "give its command after --");
	}
	return { ...target, env: { ...target.env, ...env } };
}
