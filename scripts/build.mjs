// Builds dist/: first the report's browser code into one generated module, then every source file by itself. src/ becomes
// dist/ and middleware-matrix/ becomes dist/matrix/, where package.json's "imports" finds them. Types: `npm run types`.
// JavaScript, as it runs before anything is built or transpiled, at every `npm install`; tsc checks it all the same.
// @ts-check
import { copyFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildReport } from "./build-report.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const IN_THE_BROWSER = join("report", "html", "browser");
/** Holds what it imports, so that some 230 packages of stdlib are no dependencies of who installs az-prof. */
const WITH_ITS_PACKAGES = join("analyse", "statistics", "distributions.ts");

await buildReport();
rmSync(join(root, "dist"), { recursive: true, force: true });
await Promise.all([
	transpile("src", "dist"),
	transpile("middleware-matrix", join("dist", "matrix")),
	bundleWithPackages(WITH_ITS_PACKAGES),
]);

/**
 * Every file of a folder, one to one, with source maps.
 * @param {string} from
 * @param {string} to
 */
async function transpile(from, to) {
	const folder = join(root, from);
	const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
		(file) =>
			file.endsWith(".ts") &&
			!/\.(test|d)\.ts$/.test(file) &&
			!file.startsWith(IN_THE_BROWSER) &&
			file !== WITH_ITS_PACKAGES,
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

/**
 * One file with the packages it imports, and their licence beside it.
 * @param {string} file
 */
async function bundleWithPackages(file) {
	const out = join(root, "dist", file.replace(/\.ts$/, ".js"));
	await build({
		entryPoints: [join(root, "src", file)],
		outfile: out,
		bundle: true,
		minify: true,
		format: "esm",
		platform: "neutral",
		mainFields: ["browser", "main"],
		target: "node20.19",
		legalComments: "eof",
		logLevel: "warning",
	});
	copyFileSync(join(root, "node_modules", "@stdlib", "stats-base-dists-t-quantile", "LICENSE"), `${out}.LICENSE`);
}
