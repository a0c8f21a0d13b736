/** The frames that pieces of code and addresses in V8's log stand for. */

import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { Frame } from "#src/model/call-tree.js";
import type { AddressOwner } from "./addresses.js";
import type { Code } from "./preprocessed.js";

/** A frame without a source. */
export function frameOf(name: string, kind: Frame["kind"]): Frame {
	return { name, file: null, line: null, column: null, kind, package: null };
}

const nativeIn = (library: string): Frame => frameOf(`(native code in ${library})`, "native");

/** The frame of an address that the log has no code for. */
export function frameOfOwner(owner: AddressOwner | undefined): Frame | undefined {
	switch (owner?.kind) {
		case undefined:
			return undefined;
		case "builtin":
			return frameOf(owner.name, "engine");
		case "native":
			return nativeIn(owner.library);
	}
}

/** The frame of a JavaScript function, whose name in the log tells where it begins. */
export const frameOfFunction = (name: string): Frame => describeFrame(placeOfName(name));

/** The frame of one piece of code as V8's log processor names it. */
export function frameOfCode(code: Pick<Code, "name" | "type" | "kind">): Frame {
	switch (code.type) {
		case "JS":
			return frameOfFunction(code.name);
		case "SHARED_LIB":
			return nativeIn(code.name.split(/[\\/]/).at(-1) ?? code.name);
		case "CPP": {
			const name = withoutVersion(code.name);
			return frameOf(name, /(^|[\s<(])v8::internal::/.test(name) ? "engine" : "native");
		}
		default:
			return frameOf(code.kind === "RegExp" ? `RegExp /${code.name}/` : code.name, "engine");
	}
}

/** The name of a C symbol without its version: writev of writev@@GLIBC_2.2.5. */
export const withoutVersion = (symbol: string): string => symbol.replace(/@@?[A-Z][\w.]*$/, "");

/**
 * Splits "name url:line:column". Both the name and the url may be missing or hold spaces; so the url begins at the first
 * thing that looks like one.
 */
export function placeOfName(text: string): { name: string; url: string; line: number | null; column: number | null } {
	const match = /^(.*?):(\d+):(\d+)$/s.exec(text);
	if (match === null) return { name: text, url: "", line: null, column: null };
	const [, before = "", line, column] = match;
	const start =
		/ (?=\/|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]*:|\[|evalmachine)/.exec(before)?.index ?? before.lastIndexOf(" ");
	return {
		name: before.slice(0, Math.max(start, 0)),
		url: before.slice(start + 1),
		line: Number(line),
		column: Number(column),
	};
}
