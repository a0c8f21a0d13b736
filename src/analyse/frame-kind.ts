import { fileURLToPath } from "node:url";
import type { Frame, FrameKind } from "../model/call-tree.js";

/** The names V8's sampler gives to states in which no JavaScript function is on top. */
const engineStates = new Set(["(garbage collector)", "(compiler)", "(parser)", "(bytecode compiler)"]);
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

function kindOf(name: string, file: string | null, inPackage: string | null): FrameKind {
	if (file === null) {
		if (engineStates.has(name)) return "engine";
		if (nativeStates.has(name) || name === "(root)") return "native";
		// A function without a source is a builtin of V8, or C++ called from JavaScript.
		return "engine";
	}
	if (file.startsWith("node:")) return "node";
	if (inPackage !== null) return "dependency";
	if (file.startsWith("wasm:")) return "app";
	if (file.startsWith("native ") || file.startsWith("extensions::")) return "engine";
	return "app";
}
