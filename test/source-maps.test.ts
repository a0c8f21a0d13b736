import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "#src/process/entry-point.js";
import { bundled, expectWritten, fill, placeOf, profiled, server, spin, TIMEOUT_MS } from "./support/source-mapping.js";

test("V8's profile of a minified bundle with its map beside it", { timeout: TIMEOUT_MS }, async () => {
	const script = bundled("external.cjs", { sourcemap: true, minify: true });
	const seen = await profiled("v8", [process.execPath, script]);
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
	expect(finding?.figures).toEqual({ scripts: 1, named: [{ script, why: "its map is missing" }] });
});
