import type { Target } from "#src/model/target.js";
import type { RunningTarget, TargetSpec } from "#src/target/target.js";
import type { World } from "./world.js";

/** What the record says of a target before it was started. */
export async function firstDescription(
	spec: TargetSpec,
	pinnedCpus: string | null,
	{ gitStateOf }: Pick<World, "gitStateOf">,
): Promise<Target> {
	if (spec.kind === "url") return spec;
	const started = {
		argv: spec.argv,
		origin: null,
		nodeVersion: null,
		v8Version: null,
		pinnedCpus,
		logFiles: [],
	};
	if (spec.kind === "gateway") return { kind: "gateway", ...started };
	return { kind: "command", ...started, cwd: spec.cwd, git: await gitStateOf(spec.cwd) };
}

/** The same once it (or a variant of it) answers. */
export function describedBy(description: Target, target: RunningTarget, label: string, keepsLog: boolean): Target {
	if (description.kind === "url") return description;
	return {
		...description,
		origin: target.origin,
		nodeVersion: target.agent?.nodeVersion ?? description.nodeVersion,
		v8Version: target.agent?.v8Version ?? description.v8Version,
		logFiles: target.kind === "url" || !keepsLog ? [] : [...new Set([...description.logFiles, `target-${label}.log`])],
	};
}

/** Where the code of a run is not where its plan says: that of a comparison is its head. */
export const withCode = (
	description: Target,
	code: { readonly argv: readonly string[]; readonly cwd: string },
): Target =>
	description.kind === "url"
		? description
		: description.kind === "gateway"
			? { ...description, argv: code.argv }
			: { ...description, argv: code.argv, cwd: code.cwd };
