// Builds dist/: first the report's browser code into one generated module, then the programs. What a command loads is in few
// files, because each file that Node opens costs it about a millisecond. The reference gateway stays file by file: it is an
// application as others are, and whose a function of its profile is, is known by its file. Types: `npm run types`.
// JavaScript, as it runs before anything is built or transpiled, at every `npm install`; tsc checks it all the same.
// @ts-check
import { copyFileSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildReport } from "./build-report.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

/** Programs and modules that run in the tool's own processes; what they share stands in dist/shared. */
const OWN = [
	"cli",
	"load/generator/generator",
	"load/generator/null-responder",
	"process/warden",
	"process/warden-line",
	"process/child",
	"collect/zero-x/runner",
];
/** Preloaded into a target, where nothing else of ours may be loaded: one file each. */
const IN_TARGET = {
	"target/agent/agent": "src/target/agent/agent.ts",
	"target/agent/cpu-profiler": "src/target/agent/cpu-profiler.ts",
	"collect/zero-x/in-target": "src/collect/zero-x/in-target.ts",
	"collect/clinic/in-target": "src/collect/clinic/in-target.ts",
	"matrix/target/extension": "middleware-matrix/target/extension.ts",
};
/** Reads the gateway's configuration. */
const WITH_ZOD = join("src", "gateway", "settings.ts");
/** Development dependencies that are built in, with where their licences stand: else one would bring 230 packages, or open 94 files. */
const BUILT_IN = {
	"@stdlib": "stats-base-dists-t-quantile/LICENSE",
	zod: "LICENSE",
	"hdr-histogram-js": "LICENSE",
	"get-east-asian-width": "license",
};

/** @type {import("esbuild").BuildOptions} */
const common = {
	absWorkingDir: root,
	outdir: dist,
	format: "esm",
	platform: "node",
	target: "node20.19",
	sourcemap: true,
	logLevel: "warning",
};

await buildReport();
rmSync(dist, { recursive: true, force: true });
await Promise.all([
	build({
		...common,
		entryPoints: Object.fromEntries(OWN.map((name) => [name, `src/${name}.ts`])),
		bundle: true,
		splitting: true,
		chunkNames: "shared/[name]-[hash]",
		external: ["#src/gateway/*", ...installed()],
		mainFields: ["module", "browser", "main"],
		sourcesContent: false,
	}),
	build({ ...common, entryPoints: IN_TARGET, bundle: true, external: installed() }),
	build({
		...common,
		entryPoints: sourcesIn("src/gateway").filter((file) => file !== WITH_ZOD),
		outbase: join(root, "src"),
	}),
	build({
		...common,
		entryPoints: [WITH_ZOD],
		outbase: join(root, "src"),
		bundle: true,
		external: installed(),
		plugins: [{ name: "neighbours", setup: leaveNeighboursOut }],
	}),
]);
for (const [name, licence] of Object.entries(BUILT_IN))
	copyFileSync(join(root, "node_modules", name, licence), join(dist, `${name.replace("@", "")}.LICENSE`));

/**
 * Modules beside the gateway's own stay files of their own.
 * @param {import("esbuild").PluginBuild} build
 */
function leaveNeighboursOut({ onResolve }) {
	onResolve({ filter: /^\.\.?\// }, ({ path, importer }) =>
		importer === join(root, WITH_ZOD) ? { path, external: true } : null,
	);
}

/** The packages that are installed with az-prof. */
function installed() {
	const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
	return Object.keys({ ...dependencies, ...optionalDependencies });
}

/** @param {string} folder */
function sourcesIn(folder) {
	return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".ts") && !/\.(test|d)\.ts$/.test(file))
		.map((file) => join(folder, file));
}
