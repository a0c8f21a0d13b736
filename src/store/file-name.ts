import { createHash } from "node:crypto";

/**
 * A name that every file system takes, for an id that may hold what a target is called or registers. Ids that would become the
 * same name are told apart by a few digits at its end.
 */
export function fileNameOf(id: string): string {
	const plain = id.replaceAll(" ", "-");
	const name = plain
		.replace(/[^A-Za-z0-9.-]+/g, "-")
		.replace(/^[.-]+|[.-]+$/g, "")
		.slice(0, 90);
	if (name === plain) return name;
	return [name, createHash("sha256").update(id).digest("hex").slice(0, 6)].filter(Boolean).join("-");
}
