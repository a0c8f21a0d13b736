/** A server in TypeScript, bundled in several ways, and what profiles of it say. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";
import { expect } from "vitest";
import { functionTicks } from "#src/analyse/call-tree/call-tree.js";
import { loadCollectors } from "#src/collect/registry.js";
import type { Frame } from "#src/model/call-tree.js";
import { callTreeSchema } from "#src/model/call-tree.js";
import type { FlameRun } from "#src/model/run.js";
import { projectRoot } from "#src/process/entry-point.js";
import { withCollection } from "./collecting.js";
import { temporaryFolder } from "./run-cli.js";

export const server = join(projectRoot, "test", "fixtures", "typescript", "server.ts");
const lines = readFileSync(server, "utf8").split("\n");
const lineOf = (text: string): number => lines.findIndex((line) => line.includes(text)) + 1;
const out = temporaryFolder();
export const TIMEOUT_MS = 60_000;

export function bundled(name: string, options: BuildOptions): string {
	const outfile = join(out, name);
	buildSync({ entryPoints: [server], bundle: true, platform: "node", outfile, logLevel: "silent", ...options });
	return outfile;
}

export interface Seen {
	readonly functions: readonly { readonly frame: Frame; readonly selfTicks: number }[];
	readonly record: FlameRun;
}

/** What a run keeps of a collector's profile. */
export async function profiled(name: string, argv: readonly string[]): Promise<Seen> {
	const [collector] = await loadCollectors([name]);
	if (collector === undefined) throw new Error(`no collector ${name}`);
	return withCollection(collector, { argv, windowMs: 800, warmupMs: 400 }, ({ record, folder }) => {
		const tree = callTreeSchema.parse(JSON.parse(readFileSync(join(folder, "call-tree.json"), "utf8")));
		expect(existsSync(join(folder, "scripts-with-maps.json"))).toBe(false);
		return { functions: functionTicks(tree), record };
	});
}

export const placeOf = ({ functions }: Seen, name: string): [string | null, number | null] | undefined => {
	const found = functions.find(({ frame }) => frame.name === name);
	return found === undefined ? undefined : [found.frame.file, found.frame.line];
};
export const spin = [server, lineOf("function spinInTypeScript")];
export const fill = [server, lineOf("const fillInTypeScript")];

export function expectWritten(seen: Seen): void {
	expect(seen.functions.find(({ frame }) => frame.kind === "app")?.frame.file).toBe(server);
	const written = seen.record.profiles[0]?.notes.find((note) => note.kind === "source maps");
	expect(written?.functions).toBeGreaterThan(0);
	expect(seen.record.findings.map(({ code }) => code)).not.toContain("SOURCE_MAP_UNUSABLE");
}
