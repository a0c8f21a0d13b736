// Bundles the report's browser code and style into src/report/html/assets.generated.ts, so that rendering a report is a
// pure function without files to find.
// @ts-check
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL("../src/report/html/", import.meta.url));

/** @param {string} entry */
const bundle = async (entry) => {
	const result = await build({
		entryPoints: [`${folder}browser/${entry}`],
		bundle: true,
		minify: true,
		write: false,
		metafile: true,
		format: "iife",
		target: ["chrome123", "firefox120", "safari17.5"],
		logLevel: "warning",
	});
	// Its words come from modules of model/ that have no schema: with the schemas every report would be 100 kB larger.
	const schemas = Object.keys(result.metafile.inputs).find((file) => file.includes("node_modules/zod/"));
	if (schemas !== undefined) throw new Error(`${entry}: the bundle contains the schema library (${schemas})`);
	const text = result.outputFiles
		.map((file) => file.text)
		.join("")
		.trim();
	// Inside <script> and <style> these would end the element early.
	if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`${entry}: the bundle contains an HTML end tag or comment`);
	return text;
};

/** Writes src/report/html/assets.generated.ts. */
export async function buildReport() {
	const script = await bundle("main.ts");
	const style = await bundle("report.css");
	writeFileSync(
		`${folder}assets.generated.ts`,
		`// Made by scripts/build-report.mjs from browser/; not kept in the repository.
export const reportScript: string = ${JSON.stringify(script)};
export const reportStyle: string = ${JSON.stringify(style)};
`,
	);
}
