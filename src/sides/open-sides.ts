import { openRefs } from "./open-refs.js";
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
			return nothingToClose([commandSide("base", request), commandSide("head", request)]);
		case "environments":
			return nothingToClose([environmentSide("base", request), environmentSide("head", request)]);
		case "refs":
			return openRefs(request, options);
	}
}

const nothingToClose = (sides: readonly [PreparedSide, PreparedSide]): OpenSides => ({
	sides,
	notes: [],
	close: async () => {},
});

function commandSide(name: SideName, request: Extract<SideRequest, { kind: "commands" }>): PreparedSide {
	const argv = [...request[name]];
	return preparedSide({ name, label: argv.join(" "), argv, cwd: request.cwd, commit: null, dirty: false });
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
