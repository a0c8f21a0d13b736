/** A package in another version on head, by lockfiles of npm. */
export interface PackageChange {
	readonly name: string;
	/** Null where the side does not have it. */
	readonly base: string | null;
	readonly head: string | null;
	/** Where it lies in another version, from the folder of the lockfile on: "node_modules/a/node_modules/b". */
	readonly places: readonly string[];
}

/** Those whose entries can be read. */
export const readableLockfiles: readonly string[] = ["package-lock.json", "npm-shrinkwrap.json"];

/**
 * The packages in which two lockfiles of npm differ, by name.
 * @param base text; null where the side has none
 * @returns null where one cannot be read, or is older than npm 7
 */
export function packageChanges(base: string | null, head: string | null): PackageChange[] | null {
	const [before, after] = [versionsIn(base), versionsIn(head)];
	if (before === null || after === null) return null;
	const places = [...new Set([...before.keys(), ...after.keys()])].filter((at) => before.get(at) !== after.get(at));
	const names = [...new Set(places.map(nameAt))];
	return names.map((name) => {
		const its = places.filter((at) => nameAt(at) === name).toSorted((a, b) => a.length - b.length);
		const [first = ""] = its;
		return { name, base: before.get(first) ?? null, head: after.get(first) ?? null, places: its };
	});
}

const FOLDER = "node_modules/";

const nameAt = (place: string): string => place.slice(place.lastIndexOf(FOLDER) + FOLDER.length);

/** By place; what is part of the repository is no version of anything. */
function versionsIn(text: string | null): Map<string, string> | null {
	if (text === null) return new Map();
	try {
		const { packages } = JSON.parse(text) as { packages?: Record<string, { version?: unknown; link?: unknown }> };
		if (packages === undefined) return null;
		return new Map(
			Object.entries(packages).flatMap(([place, { version, link }]) =>
				place.includes(FOLDER) && typeof version === "string" && link !== true ? [[place, version]] : [],
			),
		);
	} catch {
		return null;
	}
}
