import type { Frame, FrameKind } from "#src/model/call-tree.js";

const kindLabels: Readonly<Record<FrameKind, string>> = {
	app: "app",
	dependency: "dependencies",
	node: "Node core",
	engine: "V8",
	collector: "garbage collector",
	native: "native code",
	threads: "other threads",
	profiler: "az-prof",
	unknown: "unknown code",
	process: "processes",
};
export const kindLabel = (kind: FrameKind): string => kindLabels[kind];

/** The name of the code that a frame belongs to: its package, the threads that it stands for, or else its kind. */
export function ownerLabel(frame: Frame): string {
	if (frame.kind === "threads") return frame.name.replace(/^\((.*)\)$/, "$1");
	return frame.kind === "dependency" && frame.package !== null ? frame.package : kindLabels[frame.kind];
}

/**
 * A source path for people: what lies under node_modules from the package on, the target's own files from its working
 * directory on, anything else whole.
 */
function shortPath(file: string, cwd: string | null): string {
	const parts = file.split(/[\\/]/);
	const at = parts.lastIndexOf("node_modules");
	if (at >= 0) return parts.slice(at + 1).join("/");
	if (cwd !== null && (file.startsWith(`${cwd}/`) || file.startsWith(`${cwd}\\`))) return file.slice(cwd.length + 1);
	return file;
}

/** "src/app.ts:12", or null where a frame (or a layer) has no source. */
export function sourceLabel(frame: Pick<Frame, "file" | "line">, cwd: string | null): string | null {
	if (frame.file === null) return null;
	const path = shortPath(frame.file, cwd);
	return frame.line === null ? path : `${path}:${frame.line}`;
}

/** For tables: the source, or else whose code it is; parts that no sampler saw say so. */
export const placeLabel = (frame: Frame, cwd: string | null): string =>
	frame.kind === "threads" ? "measured, not sampled" : (sourceLabel(frame, cwd) ?? ownerLabel(frame));

/** For prose: "prom-client registry.js:64", "src/app.ts:12", "Node core", "V8". */
export function briefSourceLabel(frame: Frame, cwd: string | null): string {
	const source = sourceLabel(frame, cwd);
	if (source === null) return ownerLabel(frame);
	if (frame.kind !== "dependency" || frame.package === null) return source;
	return `${frame.package} ${source.slice(source.lastIndexOf("/") + 1)}`;
}
