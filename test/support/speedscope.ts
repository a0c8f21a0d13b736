import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "#src/process/entry-point.js";
import { startBrowser } from "./browser.js";

/** What speedscope makes of a file: one entry for each profile in it. */
interface ImportedProfile {
	readonly name: string;
	/** "none", "nanoseconds", "microseconds", "bytes", … */
	readonly unit: string;
	readonly total: number;
	readonly functions: readonly {
		readonly name: string;
		readonly file: string | null;
		readonly line: number | null;
		readonly self: number;
		readonly total: number;
	}[];
}

export interface Speedscope {
	/** @throws Error where speedscope cannot read it */
	read(fileName: string, content: string | Uint8Array): Promise<ImportedProfile[]>;
	end(): Promise<void>;
}

/** Its page hands the importer to nobody, so the one line that names it is made to. */
const IMPORTER = /async function (\w+)\(\w+,\w+\)\{return\(await \w+\)\.importProfileGroupFromBase64\(/;

/** speedscope's own importers, from its npm package, in a browser. */
export async function startSpeedscope(): Promise<Speedscope> {
	const folder = mkdtempSync(join(tmpdir(), "az-prof-speedscope-"));
	cpSync(join(projectRoot, "node_modules", "speedscope", "dist", "release"), folder, { recursive: true });
	const script = readdirSync(folder).find((name) => /^speedscope-.*\.js$/.test(name)) ?? "";
	const code = readFileSync(join(folder, script), "utf8");
	if (!IMPORTER.test(code)) throw new Error("speedscope's importer is not where it was");
	writeFileSync(
		join(folder, script),
		code.replace(IMPORTER, (all, name) => `window.importProfile=(...args)=>${name}(...args);${all}`),
	);
	const browser = await startBrowser();
	const page = await browser.newPage();
	await page.goto(pathToFileURL(join(folder, "index.html")).href);
	await page.waitForFunction("typeof window.importProfile === 'function'");
	return {
		async read(fileName, content) {
			const base64 = Buffer.from(content).toString("base64");
			const imported = await page.evaluate<ImportedProfile[] | null>(`window
				.importProfile(${JSON.stringify(fileName)}, ${JSON.stringify(base64)})
				.then((group) => group && group.profiles.map((profile) => {
					const functions = [];
					profile.forEachFrame((frame) => functions.push({
						name: frame.name,
						file: frame.file ?? null,
						line: frame.line ?? null,
						self: frame.getSelfWeight(),
						total: frame.getTotalWeight(),
					}));
					return {
						name: profile.getName(),
						unit: profile.getWeightUnit(),
						total: profile.getTotalNonIdleWeight(),
						functions: functions.sort((a, b) => b.self - a.self),
					};
				}))`);
			if (imported === null) throw new Error(`speedscope cannot read ${fileName}`);
			return imported;
		},
		async end() {
			await browser.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
