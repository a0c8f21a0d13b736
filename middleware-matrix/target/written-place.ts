import { readFileSync, statSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, isAbsolute, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourcePlace } from "./framework.js";

/**
 * Where a function was written, by its script's source map. The same rules as for profiles (src/analyse/source-map.ts and
 * src/collect/source-maps.ts), with what Node has on board: what is installed stays as it runs, unless it was transpiled
 * at run time, and of the sources that a map names none is read.
 */

interface OpenedMap {
	readonly map: SourceMap;
	/** Relative sources start here. */
	readonly folder: string;
}

const LARGEST_BYTES = 50 * 1024 ** 2;
const opened = new Map<string, OpenedMap | null>();

/**
 * Null where no map tells.
 * @param line counted from 0, as the column
 */
export function placeInSource(file: string, sourceMapUrl: string, line: number, column: number): SourcePlace | null {
	if (sourceMapUrl === "" || !isAbsolute(file)) return null;
	const installed = /[\\/]node_modules[\\/]/.test(file);
	if (installed && !sourceMapUrl.startsWith("data:")) return null;
	const key = `${file}\0${sourceMapUrl}`;
	if (!opened.has(key)) opened.set(key, open(file, sourceMapUrl));
	const found = opened.get(key);
	if (found == null) return null;
	const entry = found.map.findEntry(line, column);
	if (!("originalLine" in entry) || entry.generatedLine !== line) return null;
	const written = sourceFile(entry.originalSource, found);
	return written === null || (installed && written !== file) ? null : { file: written, line: entry.originalLine + 1 };
}

function open(file: string, url: string): OpenedMap | null {
	try {
		const [text, folder] = readMap(url, dirname(file));
		return { map: new SourceMap(JSON.parse(text.replace(/^\)\]\}'[^\n]*\n?/, "")) as SourceMapPayload), folder };
	} catch {
		return null;
	}
}

/** The map's text and folder. @throws Error where it cannot be had */
function readMap(url: string, folder: string): [text: string, folder: string] {
	if (url.startsWith("data:")) {
		const [head = "", body = ""] = [url.slice(0, url.indexOf(",")), url.slice(url.indexOf(",") + 1)];
		const text = head.endsWith(";base64") ? Buffer.from(body, "base64").toString("utf8") : decodeURIComponent(body);
		return [text, folder];
	}
	if (/^(?!file:)[a-z][a-z0-9+.-]+:/i.test(url)) throw new Error("a map that is no file");
	const path = url.startsWith("file:") ? fileURLToPath(url) : resolve(folder, decodeURIComponent(url));
	const { size } = statSync(path);
	if (!statSync(path).isFile() || size > LARGEST_BYTES) throw new Error("not a file, or too large");
	return [readFileSync(path, "utf8"), dirname(path)];
}

/** A path, or for a name that a bundler made up (webpack://app/./src/a.ts) the path in it. */
function sourceFile(source: string, { map, folder }: OpenedMap): string | null {
	if (source === "") return null;
	const { sourceRoot } = map.payload;
	const plain = !/^[a-z][a-z0-9+.-]+:/i.test(source) && !isAbsolute(source);
	const full = plain && sourceRoot ? `${sourceRoot.replace(/\/$/, "")}/${source}` : source;
	if (full.startsWith("file://")) return fileURLToPath(full);
	const bundled = /^webpack(?:-internal)?:\/\/[^/]*\/(.*)$/s.exec(full)?.[1];
	if (bundled !== undefined)
		return isAbsolute(bundled) ? normalize(bundled) : normalize(bundled).replace(/^(?:\.\.[\\/])+/, "");
	return /^[a-z][a-z0-9+.-]+:/i.test(full) ? full : resolve(folder, full);
}
