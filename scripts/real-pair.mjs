/**
 * A real pair: two published versions of one package behind the same small server, compared.
 * npm run build && node scripts/real-pair.mjs [--write] : docs/real-pair.md
 */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [base, head] = ["cookie@0.6.0", "cookie@0.7.2"];
const root = new URL("..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "az-prof-pair-"));
try {
	for (const version of [base, head]) {
		mkdirSync(join(folder, version));
		writeFileSync(join(folder, version, "package.json"), '{"private":true}');
		execFileSync("npm", ["install", "--no-audit", "--no-fund", version], {
			cwd: join(folder, version),
			stdio: "ignore",
		});
		copyFileSync(join(root, "scripts/real-pair/server.cjs"), join(folder, version, "server.cjs"));
	}
	const result = spawnSync(
		process.execPath,
		[
			join(root, "dist/cli.js"),
			"compare",
			"/",
			"--base-cmd",
			`node ${base}/server.cjs`,
			"--head-cmd",
			`node ${head}/server.cjs`,
			"--fail-on",
			"cpu=2%,alloc=2%,p50=5%",
			"--within",
			"60s",
			"--markdown",
			"--out",
			process.argv.includes("--keep") ? join(root, "profiles", "runs") : join(folder, "runs"),
		],
		{ cwd: folder, encoding: "utf8", timeout: 300_000 },
	);
	process.stderr.write(result.stderr);
	process.stdout.write(result.stdout);
	if (process.argv.includes("--write")) {
		const page = join(root, "docs", "real-pair.md");
		const [before, , after] = readFileSync(page, "utf8").split(/<!-- answer: (?:begin|end) -->\n/);
		writeFileSync(page, `${before}<!-- answer: begin -->\n${result.stdout}<!-- answer: end -->\n${after}`);
	}
} finally {
	rmSync(folder, { recursive: true, force: true });
}
