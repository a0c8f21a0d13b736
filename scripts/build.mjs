// Builds dist/: first the report's browser code into one generated module, then everything with tsc.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
if (existsSync(`${root}scripts/build-report.mjs`)) await import("./build-report.mjs");
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.build.json`], {
	cwd: root,
	stdio: "inherit",
});
