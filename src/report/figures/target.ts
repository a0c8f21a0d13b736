import type { Target } from "#src/model/target.js";

/** From where the paths of its own sources count; null for one whose folder is not known. */
export const cwdOf = (target: Target): string | null => (target.kind === "command" ? target.cwd : null);

/** Its Node and V8; null where it is none, or has not answered. */
export const nodeOf = (target: Target): { readonly nodeVersion: string; readonly v8Version: string | null } | null =>
	target.kind === "url" || target.nodeVersion === null
		? null
		: { nodeVersion: target.nodeVersion, v8Version: target.v8Version };
