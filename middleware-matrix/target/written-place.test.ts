import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { placeInSource } from "./written-place.js";

const folder = mkdtempSync(join(tmpdir(), "az-prof-written-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// The rules of src/collect/source-maps.ts, whose test has the other half of these cases.
const map = JSON.stringify({ version: 3, sources: ["../src/app.ts"], names: ["work"], mappings: "AAEAA" });
const inline = `data:application/json;base64,${Buffer.from(map).toString("base64")}`;
const file = join(folder, "layers.js");

it("a function is where its script's map says that it was written", () => {
	writeFileSync(join(folder, "layers.map"), map);
	for (const url of [inline, "layers.map"]) {
		expect(placeInSource(file, url, 0, 0)).toEqual({ file: join(folder, "../src/app.ts"), line: 3 });
	}
});

it.each(["", "missing.map", "https://example.org/x.map", "data:application/json,{", "."])("no map tells: %s", (url) => {
	expect(placeInSource(file, url, 0, 0)).toBeNull();
});
