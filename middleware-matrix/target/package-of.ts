import { readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";

export interface PackageName {
	readonly name: string;
	readonly version: string | null;
}

const modules = `${sep}node_modules${sep}`;
const byFolder = new Map<string, PackageName | null>();

/** The package in node_modules that a file belongs to; null for the application's own files. */
export function packageOf(file: string): PackageName | null {
	return file.includes(modules) ? packageAbove(dirname(file)) : null;
}

function packageAbove(folder: string): PackageName | null {
	const known = byFolder.get(folder);
	if (known !== undefined) return known;
	// Packages have further package.json files in them that say no more than {"type": "commonjs"}.
	const found =
		named(join(folder, "package.json")) ?? (folder.includes(modules) ? packageAbove(dirname(folder)) : null);
	byFolder.set(folder, found);
	return found;
}

function named(file: string): PackageName | null {
	try {
		const { name, version } = JSON.parse(readFileSync(file, "utf8")) as { name?: unknown; version?: unknown };
		if (typeof name !== "string" || name === "") return null;
		return { name, version: typeof version === "string" ? version : null };
	} catch {
		return null;
	}
}
