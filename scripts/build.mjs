// Builds dist/: first the report's browser code into one generated module, then every source file by itself. src/ becomes
// dist/ and middleware-matrix/ becomes dist/matrix/, where package.json's "imports" finds them. Types: `npm run types`.
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildReport } from "./build-report.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const IN_THE_BROWSER = join("report", "html", "browser");

await buildReport();
rmSync(join(root, "dist"), { recursive: true, force: true });
await Promise.all([transpile("src", "dist"), transpile("middleware-matrix", join("dist", "matrix"))]);

/** Every file of a folder, one to one, with source maps. */
async function transpile(from, to) {
	const folder = join(root, from);
	const files = readdirSync(folder, { recursive: true }).filter(
		(file) => file.endsWith(".ts") && !/\.(test|d)\.ts$/.test(file) && !file.startsWith(IN_THE_BROWSER),
	);
	await build({
		entryPoints: files.map((file) => join(folder, file)),
		outbase: folder,
		outdir: join(root, to),
		format: "esm",
		platform: "node",
		target: "node20.19",
		sourcemap: true,
		logLevel: "warning",
	});
}
