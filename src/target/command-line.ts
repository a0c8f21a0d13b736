import { chmod, mkdir, writeFile } from "node:fs/promises";
import { basename, delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

/** True where the program of a command line is Node itself. */
export const startsNode = (argv: readonly string[]): boolean => {
	const program = basename(argv[0] ?? "").toLowerCase();
	return program === "node" || program === "node.exe" || program === "nodejs" || argv[0] === process.execPath;
};

export interface PreparedCommand {
	readonly argv: readonly string[];
	/** Additions to the environment. */
	readonly env: Readonly<Record<string, string>>;
}

/**
 * Puts the agent and Node's flags into a command. Where the program is node, into its arguments, since some flags are
 * not allowed in NODE_OPTIONS; elsewhere (npm start, tsx) the agent goes into NODE_OPTIONS and the flags into a `node`
 * shim that stands first in PATH.
 */
export async function withAgent(
	argv: readonly string[],
	agentFile: string,
	nodeFlags: readonly string[],
	shimFolder: string,
	environment: NodeJS.ProcessEnv = process.env,
): Promise<PreparedCommand> {
	const agent = pathToFileURL(agentFile).href;
	if (startsNode(argv)) {
		return { argv: [argv[0] as string, ...nodeFlags, "--import", agent, ...argv.slice(1)], env: {} };
	}
	const nodeOptions = [environment.NODE_OPTIONS, `--import ${agent}`].filter(Boolean).join(" ");
	if (nodeFlags.length === 0) return { argv, env: { NODE_OPTIONS: nodeOptions } };
	const folder = join(shimFolder, "bin");
	const shim = join(folder, "node");
	await mkdir(folder, { recursive: true });
	await writeFile(shim, `#!/bin/sh\nexec '${process.execPath}' ${nodeFlags.join(" ")} "$@"\n`);
	await chmod(shim, 0o755);
	return { argv, env: { NODE_OPTIONS: nodeOptions, PATH: `${folder}${delimiter}${environment.PATH ?? ""}` } };
}
