/**
 * A real pair: two published versions of one package behind the same small server, compared.
 *
 *   npm run script scripts/real-pair.ts -- [--within 60] [--keep] [--write]
 *
 * --write puts the answer into docs/real-pair.md, --keep leaves the run in profiles/runs.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "#src/process/entry-point.js";
import { startAzProf } from "./bench/az-prof.js";
import { writeIntoPage } from "./bench/document.js";
import { optionsOf } from "./bench/options.js";
import { inScripts } from "./bench/processes.js";

const { within, keep, write } = optionsOf({
	numbers: { within: { usual: 60, least: 10, most: 600 } },
	flags: ["keep", "write"],
});
const [base, head] = ["cookie@0.6.0", "cookie@0.7.2"];
const folder = mkdtempSync(join(tmpdir(), "az-prof-pair-"));
try {
	for (const version of [base, head]) {
		mkdirSync(join(folder, version));
		writeFileSync(join(folder, version, "package.json"), '{"private":true}');
		execFileSync("npm", ["install", "--no-audit", "--no-fund", version], {
			cwd: join(folder, version),
			stdio: "ignore",
		});
		copyFileSync(inScripts("real-pair", "server.cjs"), join(folder, version, "server.cjs"));
	}
	const { ended } = startAzProf(
		[
			"compare",
			"/",
			...["--base-cmd", `node ${base}/server.cjs`, "--head-cmd", `node ${head}/server.cjs`],
			...["--fail-on", "cpu=2%,alloc=2%,p50=5%", "--within", `${within}s`, "--markdown"],
			...["--out", keep ? join(projectRoot, "profiles", "runs") : join(folder, "runs")],
		],
		{ cwd: folder, timeoutMs: within * 1_000 + 240_000 },
	);
	const { stdout } = await ended;
	process.stdout.write(stdout);
	if (write) writeIntoPage("real-pair.md", "answer", [stdout.trimEnd()]);
} finally {
	rmSync(folder, { recursive: true, force: true });
}
