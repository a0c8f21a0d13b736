import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { CallTree, Frame } from "#src/model/call-tree.js";

/** How Chrome's formats name a function. */
export interface ChromeFrame {
	readonly functionName: string;
	/** Readers tell scripts apart by it. */
	readonly scriptId: string;
	readonly url: string;
	/** Counted from 0; -1 where there is none. */
	readonly lineNumber: number;
	readonly columnNumber: number;
}

/** By the index of the frame. */
export function chromeFrames({ frames }: CallTree): ChromeFrame[] {
	const scripts = new Map<string | null, string>([[null, "0"]]);
	return frames.map((frame) => {
		const scriptId = scripts.get(frame.file) ?? String(scripts.size);
		scripts.set(frame.file, scriptId);
		return chromeFrame(frame, scriptId);
	});
}

const chromeFrame = ({ name, file, line, column }: Frame, scriptId: string): ChromeFrame => ({
	functionName: name === "(anonymous)" ? "" : name,
	scriptId,
	url: file === null ? "" : isAbsolute(file) ? pathToFileURL(file).href : file,
	lineNumber: line === null ? -1 : line - 1,
	columnNumber: column === null ? -1 : column - 1,
});
