import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import type { Frame, FrameKind } from "#src/model/call-tree.js";

/** The names V8's sampler gives to states in which no JavaScript function is on top. */
const engineStates = new Set(["(compiler)", "(parser)", "(bytecode compiler)"]);
const collectorStates = new Set(["(garbage collector)"]);
const nativeStates = new Set(["(program)"]);

/**
 * The npm package that a path lies in, counted from the last `node_modules`, or null.
 * Windows separators and scoped names are understood.
 */
export function packageOfPath(path: string): string | null {
	const parts = path.split(/[\\/]/);
	const at = parts.lastIndexOf("node_modules");
	const first = parts[at + 1];
	if (at < 0 || first === undefined || first === "") return null;
	if (!first.startsWith("@")) return first;
	const second = parts[at + 2];
	return second === undefined ? null : `${first}/${second}`;
}

/** A path for people and for comparison: `file://` URLs become paths, anything else stays. "" becomes null. */
export function pathOfUrl(url: string): string | null {
	if (url === "") return null;
	if (!url.startsWith("file://")) return url;
	try {
		return fileURLToPath(url);
	} catch {
		return url;
	}
}

/** Builds a frame, deciding whose code it is. `line` and `column` count from 1. */
export function describeFrame(where: { name: string; url: string; line: number | null; column: number | null }): Frame {
	const file = pathOfUrl(where.url);
	const name = where.name === "" ? "(anonymous)" : where.name;
	const inPackage = file === null ? null : packageOfPath(file);
	return {
		name,
		file,
		line: file === null ? null : where.line,
		column: file === null ? null : where.column,
		kind: kindOf(name, file, inPackage),
		package: inPackage,
	};
}

const LANGUAGE_GLOBALS = `Object.getOwnPropertyNames(globalThis)
	.filter((name) => /^[A-Z]/.test(name))
	.map((name) => [name, globalThis[name]])`;

/**
 * The names of the language's own functions. A function without a source is either one of these or C++ that JavaScript
 * calls, as Node's bindings do (writev, open, close); nothing but the name tells them apart. A new context has what the
 * language has and nothing of Node's, whose WebSocket and MessagePort close as well.
 */
const builtinNames: ReadonlySet<string> = new Set(
	(runInNewContext(LANGUAGE_GLOBALS) as readonly (readonly [string, unknown])[])
		.map(([, value]) => value)
		.flatMap((value) => {
			if (typeof value !== "object" && typeof value !== "function") return [];
			const prototype = typeof value === "function" ? (value.prototype as unknown) : null;
			const own = [value, prototype].flatMap((each) => (each ? Object.getOwnPropertyNames(each) : []));
			return typeof value === "function" ? [value.name, ...own] : own;
		}),
);

/** V8 writes regular expressions as "RegExp: source", accessors as "get size", symbols as "[Symbol.replace]". */
const isBuiltin = (name: string): boolean =>
	/^(RegExp: |\[Symbol\.|get |set |async |\(anonymous\)$|runMicrotasks$|wasm)/.test(name) || builtinNames.has(name);

/** The build, seen from the source, or from a file of the build, wherever in it the bundler has put this. */
const build = import.meta.url.endsWith(".ts")
	? new URL("../../../dist/", import.meta.url).href
	: import.meta.url.slice(0, import.meta.url.lastIndexOf("/dist/") + "/dist/".length);

/** Where what az-prof puts into a target is. */
const ownFolders = ["target/agent/", "matrix/target/"].map((folder) => fileURLToPath(`${build}${folder}`));

function kindOf(name: string, file: string | null, inPackage: string | null): FrameKind {
	if (file === null) {
		if (engineStates.has(name)) return "engine";
		if (collectorStates.has(name)) return "collector";
		if (nativeStates.has(name) || name === "(root)") return "native";
		return isBuiltin(name) ? "engine" : "native";
	}
	if (file.startsWith("node:")) return "node";
	if (ownFolders.some((folder) => file.startsWith(folder))) return "profiler";
	if (inPackage !== null) return "dependency";
	if (file.startsWith("wasm:")) return "app";
	if (file.startsWith("native ") || file.startsWith("extensions::")) return "engine";
	return "app";
}
