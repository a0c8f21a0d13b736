import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";
import { expect, test } from "vitest";
import { functionTicks } from "../src/analyse/call-tree.js";
import { loadCollectors } from "../src/collect/registry.js";
import type { Frame } from "../src/model/call-tree.js";
import { callTreeSchema, type RunRecord } from "../src/model/run-record.js";
import { projectRoot } from "../src/process/entry-point.js";
import { withCollection } from "./collecting.js";
import { temporaryFolder } from "./run-cli.js";

const server = join(projectRoot, "test", "fixtures", "typescript", "server.ts");
const lines = readFileSync(server, "utf8").split("\n");
const lineOf = (text: string): number => lines.findIndex((line) => line.includes(text)) + 1;
const out = temporaryFolder();
const TIMEOUT_MS = 60_000;

function bundled(name: string, options: BuildOptions): string {
	const outfile = join(out, name);
	buildSync({ entryPoints: [server], bundle: true, platform: "node", outfile, logLevel: "silent", ...options });
	return outfile;
}

interface Seen {
	readonly functions: readonly { readonly frame: Frame; readonly selfTicks: number }[];
	readonly record: RunRecord;
}

/** What a run keeps of a collector's profile. */
async function profiled(name: string, argv: readonly string[]): Promise<Seen> {
	const [collector] = await loadCollectors([name]);
	if (collector === undefined) throw new Error(`no collector ${name}`);
	return withCollection(collector, { argv, windowMs: 800, warmupMs: 400 }, ({ record, folder }) => {
		const tree = callTreeSchema.parse(JSON.parse(readFileSync(join(folder, "call-tree.json"), "utf8")));
		expect(existsSync(join(folder, "scripts-with-maps.json"))).toBe(false);
		return { functions: functionTicks(tree), record };
	});
}

const placeOf = ({ functions }: Seen, name: string): [string | null, number | null] | undefined => {
	const found = functions.find(({ frame }) => frame.name === name);
	return found === undefined ? undefined : [found.frame.file, found.frame.line];
};
const spin = [server, lineOf("function spinInTypeScript")];
const fill = [server, lineOf("const fillInTypeScript")];

function expectWritten(seen: Seen): void {
	expect(seen.functions.find(({ frame }) => frame.kind === "app")?.frame.file).toBe(server);
	expect(seen.record.profiles[0]?.notes.join()).toMatch(/\d functions are shown where they were written/);
	expect(seen.record.findings.map(({ code }) => code)).not.toContain("SOURCE_MAP_UNUSABLE");
}

test("V8's profile of a minified bundle with its map beside it", { timeout: TIMEOUT_MS, retry: 1 }, async () => {
	const script = bundled("external.cjs", { sourcemap: true, minify: true });
	const seen = await profiled("v8", [process.execPath, script]);
	expect(placeOf(seen, "spinInTypeScript")).toEqual(spin);
	expectWritten(seen);
});

test("0x's profile of a bundle with its map inside", { timeout: TIMEOUT_MS, retry: 1 }, async () => {
	const script = bundled("inline.mjs", { sourcemap: "inline", format: "esm" });
	const seen = await profiled("0x", [process.execPath, script]);
	expect(placeOf(seen, "spinInTypeScript")).toEqual(spin);
	expectWritten(seen);
});

test("the heap profile of a minified bundle with its map inside", { timeout: TIMEOUT_MS }, async () => {
	const script = bundled("minified.mjs", { sourcemap: "inline", format: "esm", minify: true });
	const seen = await profiled("heap", [process.execPath, script]);
	expect(placeOf(seen, "fillInTypeScript")).toEqual(fill);
	expect(seen.functions[0]?.frame.name).toBe("fillInTypeScript");
	expectWritten(seen);
});

test("the heap profile of what a loader transpiles in memory", { timeout: TIMEOUT_MS }, async () => {
	const loader = join(projectRoot, "node_modules/tsx/dist/loader.mjs");
	const seen = await profiled("heap", [process.execPath, "--import", loader, server]);
	expect(placeOf(seen, "fillInTypeScript")).toEqual(fill);
	expectWritten(seen);
});

test("a map that is missing is said, and the rest stands", { timeout: TIMEOUT_MS }, async () => {
	const script = bundled("mapless.cjs", { banner: { js: "" }, footer: { js: "//# sourceMappingURL=nowhere.map" } });
	const seen = await profiled("heap", [process.execPath, script]);
	expect(placeOf(seen, "fillInTypeScript")?.[0]).toBe(script);
	const finding = seen.record.findings.find(({ code }) => code === "SOURCE_MAP_UNUSABLE");
	expect(finding?.sentence).toBe(
		`The source map of ${script} (its map is missing) could not be used; functions are shown as they run.`,
	);
});
