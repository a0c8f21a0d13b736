import { isAbsolute, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { decodedMappings, FlattenMap, type SourceMapSegment, type TraceMap } from "@jridgewell/trace-mapping";
import { messageOf } from "#src/errors.js";

/** A place in a source as it was written; line and column count from 1. */
interface OriginalPlace {
	/** A path where the map gives one, else the name that it gives. */
	readonly file: string;
	readonly line: number;
	readonly column: number;
}

/** A source map that was read. Lines and columns count from 1. */
export interface SourceMap {
	/** The sources that it lists, as `OriginalPlace.file` names them. */
	readonly files: readonly string[];
	/** Null where the map knows of no source there. A column of null stands for the beginning of the line. */
	placeOf(line: number, column: number | null): OriginalPlace | null;
	/**
	 * What an identifier that stands at or shortly before a place was called in the source; null where the map does not
	 * say.
	 * @param text the generated line
	 */
	nameOf(identifier: string, line: number, column: number, text: string): string | null;
}

export type OpenedMap =
	| { readonly kind: "usable"; readonly map: SourceMap }
	| { readonly kind: "unusable"; readonly why: string };

/** A function's own name stands right before its parameters; there are hardly ever more mappings in between. */
const MOST_MAPPINGS_BACK = 12;

/**
 * Reads a source map, plain or of sections.
 * @param folder where its relative sources start: that of the map's file, or of the script that holds it; null where
 * neither is a file
 */
export function openSourceMap(text: string, folder: string | null): OpenedMap {
	let json: unknown;
	try {
		// A first line of )]}' keeps browsers from running a map as a script.
		json = JSON.parse(text.replace(/^\)\]\}'[^\n]*\n?/, ""));
	} catch {
		// What JSON.parse says quotes the text, which may be any file.
		return unusable("it is cut short or not JSON");
	}
	const shape = wrongShape(json);
	if (shape !== null) return unusable(shape);
	try {
		const map = new FlattenMap(json as ConstructorParameters<typeof FlattenMap>[0]) as TraceMap;
		const broken = brokenMapping(map);
		return broken === null ? { kind: "usable", map: mapOf(map, folder) } : unusable(broken);
	} catch (error) {
		return unusable(`its mappings cannot be read (${messageOf(error)})`);
	}
}

const unusable = (why: string): OpenedMap => ({ kind: "unusable", why });

/** Null for what looks like a source map. */
function wrongShape(json: unknown): string | null {
	if (typeof json !== "object" || json === null || Array.isArray(json)) return "it is not a source map";
	const { version, mappings, sources, sections } = json as Record<string, unknown>;
	if (version !== 3 && version !== "3") return "it is not a source map of version 3";
	if (Array.isArray(sections)) return null;
	return typeof mappings === "string" && Array.isArray(sources) ? null : "it has no mappings or no sources";
}

/** Why a map cannot belong to what it lists, where that shows. */
function brokenMapping(map: TraceMap): string | null {
	const ends = (map.sourcesContent ?? []).map((content) => (content === null ? null : content.split("\n").length));
	for (const line of decodedMappings(map)) {
		for (const segment of line) {
			if (isDamaged(segment, map)) return "its mappings are cut short or damaged";
			const [, source = -1, originalLine = 0] = segment;
			if (originalLine >= (ends[source] ?? Number.POSITIVE_INFINITY)) {
				return "it points beyond the end of a source: it is of another build";
			}
		}
	}
	return null;
}

/** A mapping names a place by indices into the map's lists. */
function isDamaged([, source, line, column, name]: SourceMapSegment, { sources, names }: TraceMap): boolean {
	if (source === undefined) return false;
	if (line === undefined || line < 0 || column === undefined || column < 0) return true;
	return sources[source] === undefined || (name !== undefined && names[name] === undefined);
}

function mapOf(map: TraceMap, folder: string | null): SourceMap {
	const files = map.sources.map((source) => sourceFile(source, map.sourceRoot, folder));
	const segmentsOf = (line: number): readonly SourceMapSegment[] => decodedMappings(map)[line - 1] ?? [];
	return {
		files: files.filter((file) => file !== null),
		placeOf(line, column) {
			const segments = segmentsOf(line);
			// V8 places a function at its parameters or its keyword, which a coarse map may leave out: then what comes before
			// it counts, and at the beginning of a line what comes first.
			const segment = segments[Math.max(0, lastAtOrBefore(segments, column ?? 1))];
			const [, source, originalLine, originalColumn] = segment ?? [];
			if (source === undefined || originalLine === undefined || originalColumn === undefined) return null;
			const file = files[source] ?? null;
			return file === null ? null : { file, line: originalLine + 1, column: originalColumn + 1 };
		},
		nameOf(identifier, line, column, text) {
			const segments = segmentsOf(line);
			const last = lastAtOrBefore(segments, column);
			for (let at = last; at >= 0 && at > last - MOST_MAPPINGS_BACK; at--) {
				const [start, , , , name] = segments[at] as SourceMapSegment;
				if (name !== undefined && wordAt(text, start) === identifier) return map.names[name] ?? null;
			}
			return null;
		},
	};
}

/** Index of the last mapping that starts at or before a column (from 1); -1 where there is none. */
function lastAtOrBefore(segments: readonly SourceMapSegment[], column: number): number {
	let low = 0;
	let high = segments.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((segments[middle]?.[0] ?? 0) <= column - 1) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}

const wordAt = (text: string, start: number): string | undefined =>
	/^[\p{ID_Continue}$]+/u.exec(text.slice(start))?.[0];

/**
 * How a source is named: a path where it is one, from the map's folder on; else as the map names it. Nothing of it is
 * ever read, so a path may lead anywhere. Bundlers make names up (webpack://app/./src/a.ts): of those the path
 * stays.
 */
export function sourceFile(
	source: string | null,
	sourceRoot: string | null | undefined,
	folder: string | null,
): string | null {
	if (source === null || source === "") return null;
	const full = hasScheme(source) || isAbsolute(source) || !sourceRoot ? source : joined(sourceRoot, source);
	if (full.startsWith("file://")) return pathOf(full);
	const bundled = /^webpack(?:-internal)?:\/\/[^/]*\/(.*)$/su.exec(full)?.[1];
	if (bundled !== undefined) return isAbsolute(bundled) ? normalize(bundled) : withoutWayOut(bundled);
	if (hasScheme(full)) return full;
	if (isAbsolute(full)) return normalize(full);
	return folder === null ? withoutWayOut(full) : resolve(folder, full);
}

/** A drive letter is no scheme. */
const hasScheme = (source: string): boolean => /^[a-z][a-z0-9+.-]+:/iu.test(source);
const joined = (root: string, source: string): string => `${root.replace(/\/$/u, "")}/${source}`;
const withoutWayOut = (path: string): string => normalize(path).replace(/^(?:\.\.[\\/])+/u, "");

function pathOf(url: string): string {
	try {
		return fileURLToPath(url);
	} catch {
		return url;
	}
}
