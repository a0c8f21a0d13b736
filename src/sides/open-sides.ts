import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { differencesOfStarts } from "./differences.js";
import { startWithout } from "./head-without.js";
import { openRefs } from "./open-refs.js";
import { sameStart } from "./side-notes.js";
import {
	type OpenOptions,
	type OpenSides,
	type PreparedSide,
	preparedSide,
	type SideName,
	type SideRequest,
} from "./side-request.js";

/**
 * Makes both sides ready to be started.
 * @throws KnownError GIT, PREPARE_FAILED, RUN_FOLDER, USAGE, or what the signal was aborted with; nothing is left behind then
 */
export async function openSides(request: SideRequest, options: OpenOptions): Promise<OpenSides> {
	options.signal.throwIfAborted();
	switch (request.kind) {
		case "commands":
			return nothingToClose(
				request,
				[commandSide("base", request), commandSide("head", request)],
				isDeepStrictEqual(request.base, request.head),
			);
		case "environments":
			return nothingToClose(
				request,
				[environmentSide("base", request), environmentSide("head", request)],
				isDeepStrictEqual(request.baseEnv, request.headEnv),
			);
		case "refs":
			return openRefs(request, options);
	}
}

function nothingToClose(
	request: Exclude<SideRequest, { kind: "refs" }>,
	sides: readonly [PreparedSide, PreparedSide],
	areAlike: boolean,
): OpenSides {
	const { differences, ...rest } = differencesOfStarts(request);
	return {
		sides,
		changedLines: { base: [], head: [] },
		notes: areAlike ? [sameStart()] : [],
		roots: { base: sides[0].side.cwd, head: sides[1].side.cwd },
		differences: async () => ({ differences, ...rest }),
		headWithout: async (ids) =>
			startWithout(
				request,
				sides[1],
				differences.filter(({ id }) => ids.includes(id)),
			),
		close: async () => {},
	};
}

function commandSide(name: SideName, request: Extract<SideRequest, { kind: "commands" }>): PreparedSide {
	const argv = [...request[name]];
	const side = { name, label: argv.join(" "), argv, cwd: codeFolder(request, name), commit: null, dirty: false };
	return preparedSide(side, {}, [], request.cwd);
}

/**
 * Where the code of a command is: the folder of the script it names, where the two scripts lie in different folders. Then
 * the same file of both sides is the same code in two versions, and their profiles can be held against each other.
 */
function codeFolder({ base, head, cwd }: Extract<SideRequest, { kind: "commands" }>, name: SideName): string {
	const folderOf = (argv: readonly string[]): string | null => {
		const script = argv.slice(1).find((word) => statSync(resolve(cwd, word), { throwIfNoEntry: false })?.isFile());
		return script === undefined ? null : dirname(resolve(cwd, script));
	};
	const folders = { base: folderOf(base), head: folderOf(head) };
	return folders.base === folders.head ? cwd : (folders[name] ?? cwd);
}

/** Names of variables may be seen in records and reports; their values may be secrets. */
function environmentSide(name: SideName, request: Extract<SideRequest, { kind: "environments" }>): PreparedSide {
	const { baseEnv, headEnv, cwd } = request;
	const env = name === "base" ? baseEnv : headEnv;
	const differing = [...new Set([...Object.keys(baseEnv), ...Object.keys(headEnv)])].filter(
		(variable) => baseEnv[variable] !== headEnv[variable],
	);
	const set = differing.filter((variable) => env[variable] !== undefined);
	const argv = [...request.argv];
	const label = set.length === 0 ? argv.join(" ") : `${argv.join(" ")} with ${set.join(", ")}`;
	return preparedSide({ name, label, argv, cwd, commit: null, dirty: false }, env, differing);
}
