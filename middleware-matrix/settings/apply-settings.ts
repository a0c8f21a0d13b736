import { basename } from "node:path";
import { usageError } from "#src/errors.js";
import type { TargetSpec } from "#src/target/target.js";
import type { LayerSetting } from "./layer-setting.js";

/**
 * The target with every layer brought into its state. Flags stand at the end of the command line, in the order of the
 * settings.
 * @param on names of the layers that are on; all others are off
 * @throws KnownError USAGE where there is no command to change, or npm would keep the flags for itself
 */
export function applySettings(
	target: TargetSpec,
	settings: readonly LayerSetting[],
	on: ReadonlySet<string>,
): TargetSpec {
	if (target.kind === "url") {
		throw usageError(
			"a server that runs already cannot be started without a layer",
			"write its command behind -- instead of --url",
		);
	}
	const additions = settings.map((setting) => (on.has(setting.name) ? setting.on : setting.off));
	const flags = additions.flatMap((addition) => addition.flags);
	if (flags.length > 0 && target.kind === "command") refuseNpm(target.argv, flags);
	return {
		...target,
		argv: [...target.argv, ...flags],
		env: Object.assign({}, target.env, ...additions.map(({ env }) => env)) as Record<string, string>,
	};
}

/** "npm start --no-cors" sets an option of npm's; only what follows its own "--" reaches the script. */
function refuseNpm(argv: readonly string[], flags: readonly string[]): void {
	const isNpm = /^npm(\.cmd)?$/i.test(basename(argv[0] ?? ""));
	if (!isNpm || argv.includes("--")) return;
	throw usageError(`npm would keep ${flags[0]} for itself`, `write -- ${argv.join(" ")} --`);
}
