import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** @throws Error where a source of the project below `root` has changed since dist/ was built, or nothing is built */
export function refuseStaleBuild(root: string): void {
	const builtAtMs = changedAtMs(join(root, "dist", "cli.js"));
	const newer = ["src", "middleware-matrix"]
		.flatMap((folder) => sourcesIn(join(root, folder)))
		.find((file) => changedAtMs(file) > builtAtMs);
	if (newer !== undefined) throw new Error(`dist/ is older than ${newer}; npm run build makes it anew`);
}

const sourcesIn = (folder: string): string[] =>
	readdirSync(folder, { recursive: true, encoding: "utf8" })
		.filter((file) => /\.(ts|css)$/.test(file) && !/\.(test|generated)\.ts$/.test(file))
		.map((file) => join(folder, file));

const changedAtMs = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
