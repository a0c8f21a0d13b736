import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { refuseStaleBuild } from "./stale-build.js";

const root = mkdtempSync(join(tmpdir(), "az-prof-build-"));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, atS: number): void {
	mkdirSync(dirname(join(root, file)), { recursive: true });
	writeFileSync(join(root, file), "");
	utimesSync(join(root, file), atS, atS);
}

it("tells a build that is younger than all sources from one that is not, and from none", () => {
	write("src/cli.ts", 100);
	write("middleware-matrix/story/matrix.ts", 100);
	expect(() => refuseStaleBuild(root)).toThrow(/dist\/ is older than .*cli\.ts; npm run build makes it anew/);
	write("dist/cli.js", 200);
	refuseStaleBuild(root);
	write("src/load/pacer.test.ts", 300);
	refuseStaleBuild(root);
	write("middleware-matrix/story/matrix.ts", 300);
	expect(() => refuseStaleBuild(root)).toThrow(/dist\/ is older than .*matrix\.ts/);
});
