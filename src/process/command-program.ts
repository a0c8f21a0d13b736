import { accessSync, constants, type Stats, statSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import type { KnownErrorParts } from "#src/errors.js";

/**
 * Why the program of a command line cannot be started, and what to do; null where it can. Looked for by ourselves, because
 * taskset would start, fail to find it, and look like a target that exits.
 */
export function whyNotStartable(
	[program = ""]: readonly string[],
	cwd: string,
	path: string,
): Pick<KnownErrorParts, "why" | "fix"> | null {
	const files = program.includes("/")
		? [resolve(cwd, program)]
		: path.split(delimiter).map((folder) => resolve(cwd, folder || ".", program));
	if (files.some(isExecutable)) return null;
	const found = files.find((file) => statOf(file)?.isFile());
	if (program.includes("/") && statOf(files[0] ?? "")?.isDirectory()) {
		return { why: "it is a folder", fix: `name the file to run: node ${program.replace(/\/$/, "")}/server.js` };
	}
	if (found !== undefined) {
		const how = SCRIPT.test(program)
			? `start it with node: node ${program}`
			: `make it executable: chmod +x ${program}`;
		return { why: "it is a file that is not executable", fix: how };
	}
	const here = statOf(resolve(cwd, program));
	if (!program.includes("/") && here?.isFile()) {
		return {
			why: "no such command",
			fix: SCRIPT.test(program) ? `it is a file here; start it with node: node ${program}` : `write ./${program}`,
		};
	}
	if (program.includes(" ")) return { why: "no such command", fix: "leave out the quotation marks around the command" };
	return { why: "no such command", fix: "check the command after --" };
}

const SCRIPT = /\.[cm]?js$/;

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return statSync(file).isFile();
	} catch {
		return false;
	}
}

function statOf(file: string): Stats | undefined {
	try {
		return statSync(file, { throwIfNoEntry: false });
	} catch {
		return undefined;
	}
}
