import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { refuseStaleBuild } from "./stale-build.js";

/** The project's folder: the one with our package.json. */
export const projectRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

const runsFromSource = import.meta.url.endsWith(".ts");
let isFresh = false;

/**
 * The compiled file of one of our own programs (the generator, the warden, the agent), e.g. "load/generator/generator".
 * Child processes always run the build, also when this code itself runs from its TypeScript source under test; then a
 * build that is older than a source is refused, because yesterday's program would be tested.
 */
export function entryPoint(name: string): string {
	if (runsFromSource && !isFresh) {
		refuseStaleBuild(projectRoot);
		isFresh = true;
	}
	return builtFile(name);
}

/** The same where nothing is started yet: whoever is to load it is started by an entry point of its own. */
export const builtFile = (name: string): string => join(projectRoot, "dist", ...`${name}.js`.split("/"));

function findRoot(from: string): string {
	let folder = from;
	while (!existsSync(join(folder, "package.json"))) {
		const parent = dirname(folder);
		if (parent === folder) throw new Error(`no package.json above ${from}`);
		folder = parent;
	}
	return folder.endsWith(`${sep}dist`) ? dirname(folder) : folder;
}
