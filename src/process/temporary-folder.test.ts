import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/run-cli.js";
import { chooseParent } from "./temporary-folder.js";

const folder = temporaryFolder();
const file = join(folder, "file");
writeFileSync(file, "");
const long = join(folder, "x".repeat(80));
mkdirSync(long);

describe("the folder for temporary files", () => {
	it("is the system's own where that can be used", () => {
		expect(chooseParent(folder, ["/"])).toEqual({ path: folder, remark: null });
	});

	it.each([
		["is missing", join(folder, "none"), /does not exist; .* is used/],
		["is relative", "tmp", /has no absolute path; .* is used/],
		["is the system's own", "/proc", /cannot be written; .* is used/],
		["is a file", file, /is not a folder; .* is used/],
		["has too long a name for a socket", long, /has too long a name for a socket in it; .* is used/],
	])("is another one where that %s", (_, wanted, remark) => {
		const chosen = chooseParent(wanted, ["", "relative", file, folder]);
		expect(chosen.path).toBe(folder);
		expect(chosen.remark).toMatch(remark);
	});

	it("is asked for where there is none", () => {
		expect(() => chooseParent(file, [long])).toThrow(/is not a folder; set TMPDIR/);
	});
});
