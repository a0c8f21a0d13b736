import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { CallTree, Frame } from "#src/model/call-tree.js";
import type { SourceMap } from "./source-map.js";

/** What is known of a script that has a source map. */
export interface MappedScript {
	readonly map: SourceMap;
	/** The script as it runs, line by line; null where it is not known. Names are looked up in it. */
	readonly lines: readonly string[] | null;
}

/** By `Frame.file`; undefined for a script without a usable map. */
export type MappedScripts = (file: string) => MappedScript | undefined;

export interface RetracedTree {
	readonly tree: CallTree;
	/** Functions that are shown at another place than they run at. */
	readonly functions: number;
	/** Scripts that these functions run in. */
	readonly scripts: number;
}

/**
 * Moves every function to the place in the source that it was written at, and decides anew whose code it is: a function
 * of a bundle may come from a package. Functions that become the same are merged, callers and all.
 */
export function retraceTree(tree: CallTree, scripts: MappedScripts): RetracedTree {
	const frames = tree.frames.map((frame) => retraceFrame(frame, scripts));
	const moved = tree.frames.filter((frame, index) => frames[index] !== frame);
	if (moved.length === 0) return { tree, functions: 0, scripts: 0 };
	const builder = new CallTreeBuilder();
	const places: number[] = [];
	tree.nodes.forEach((node, index) => {
		const frame = frames[node.frame];
		const caller = places[node.parent];
		const at =
			index === 0 || frame === undefined ? builder.root : builder.child(caller ?? builder.root, frame, node.putBack);
		places.push(at);
		builder.addSelf(at, node.selfTicks);
	});
	return { tree: builder.build(), functions: moved.length, scripts: new Set(moved.map(({ file }) => file)).size };
}

/** The same frame where no map tells more. */
export function retraceFrame(frame: Frame, scripts: MappedScripts): Frame {
	if (frame.file === null || frame.line === null) return frame;
	const script = scripts(frame.file);
	const place = script?.map.placeOf(frame.line, frame.column);
	if (script === undefined || place == null) return frame;
	const { file: url, line, column } = place;
	const retraced = describeFrame({ name: originalName(frame, script), url, line, column });
	return isSame(retraced, frame) ? frame : retraced;
}

const isSame = (a: Frame, b: Frame): boolean =>
	a.name === b.name && a.file === b.file && a.line === b.line && a.column === b.column;

const IDENTIFIER = /[\p{ID_Start}$_][\p{ID_Continue}$]*/gu;
/** esbuild's helper that keeps names (tsx uses it) hides from V8 what a function is assigned to. */
const NAMED_BY_HELPER = /([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*[=:]\s*__name\d*\(\s*(?:async\s*)?$/u;

/**
 * V8's name, with each identifier that a bundler had renamed called what it was. A map knows names of places, so a name
 * counts only where the very identifier stands in the script: the name next to a function may be its parameter's.
 */
function originalName({ name, line, column }: Frame, { map, lines }: MappedScript): string {
	const text = lines?.[(line ?? 0) - 1];
	if (text === undefined || line === null || column === null) return name;
	const given = name === "(anonymous)" ? NAMED_BY_HELPER.exec(text.slice(0, column - 1))?.[1] : name;
	if (given === undefined) return name;
	return given.replace(IDENTIFIER, (identifier) => map.nameOf(identifier, line, column, text) ?? identifier);
}
