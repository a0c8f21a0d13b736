import { expect, test } from "vitest";
import { bundled, expectWritten, placeOf, profiled, spin, TIMEOUT_MS } from "./support/source-mapping.js";

test("0x's profile of a bundle with its map inside", { timeout: TIMEOUT_MS }, async () => {
	const script = bundled("inline.mjs", { sourcemap: "inline", format: "esm" });
	const seen = await profiled("0x", [process.execPath, script]);
	expect(placeOf(seen, "spinInTypeScript")).toEqual(spin);
	expectWritten(seen);
});
