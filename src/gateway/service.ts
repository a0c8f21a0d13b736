import { readFileSync } from "node:fs";

/** How the gateway names itself in /health, /metrics and the log. */
export const serviceName = "agentzero-gateway";

/** The version in the nearest package.json above this file: one level further up in the build than in the source. */
export const serviceVersion: string = readVersion(new URL("./", import.meta.url));

function readVersion(folder: URL): string {
	try {
		const { version } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8")) as { version?: string };
		if (version !== undefined) return version;
	} catch {
		// Not in this folder.
	}
	const parent = new URL("../", folder);
	return parent.href === folder.href ? "unknown" : readVersion(parent);
}
